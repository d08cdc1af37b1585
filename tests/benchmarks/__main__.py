"""Runs the benchmarks, each in a process of its own: `make bench`, or `python -m tests.benchmarks NAME...`."""

import subprocess
import sys
from pathlib import Path


def main(wanted: list[str]) -> int:
    """Return 0 if every benchmark kept its limits."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("*_benchmark.py"))
    failed = []
    for name in names:
        if not wanted or any(each in name for each in wanted):
            print(f"\n== {name.removesuffix('_benchmark').replace('_', ' ')}", flush=True)  # noqa: T201
            program = f"from tests.benchmarks.{name} import main; main()"
            if subprocess.run([sys.executable, "-c", program], check=False).returncode:
                failed.append(name)
    print(f"\nbeyond its limit or broken: {', '.join(failed) or 'none'}")  # noqa: T201
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
