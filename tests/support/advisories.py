"""Asks whether an advisory is known of any version that is pinned: `pip-audit`, where PyPI tells it.

Without the network, or from a mirror that has packages and no advisories, nothing is known. That is said, and is
no failure, or nobody could work there; likewise where PyPI is slower than `PATIENCE`.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import click

PINNED = Path(__file__).parents[2] / ".ci" / "constraints.txt"

PATIENCE = 20
"""Seconds for all of it."""

COMMAND = (
    *(sys.executable, "-m", "pip_audit", "--requirement", str(PINNED), "--no-deps", "--disable-pip"),
    *("--format", "json", "--progress-spinner", "off", "--timeout", "5"),
)


def verdict(dependencies: list[dict[str, Any]]) -> tuple[int, str]:
    """What `pip-audit` says of the dependencies, as an exit code and a text."""
    skipped = [each for each in dependencies if "skip_reason" in each]
    asked = len(dependencies) - len(skipped)
    known = [
        f"{each['name']} {each['version']}: {flaw['id']}, fixed in {', '.join(flaw['fix_versions']) or 'none'}"
        for each in dependencies
        for flaw in each.get("vulns", ())
    ]
    if known:
        return 1, "\n".join(["Advisories are known of what is pinned in .ci/constraints.txt:", *known])
    if not asked:
        return 0, not_run(f"this index has no advisories for any of {len(dependencies)} packages")
    rest = f"; of {len(skipped)} nothing is known here" if skipped else ""
    return 0, f"pip-audit: no advisory is known of {asked} packages{rest}."


def not_run(why: str) -> str:
    """What is said when nothing was asked."""
    return f"pip-audit DID NOT RUN: {why}. Run `make check` where PyPI can be reached."


def main() -> int:
    """Ask, and say what came of it."""
    try:
        done = subprocess.run(COMMAND, capture_output=True, timeout=PATIENCE, check=False, text=True)
        code, text = verdict(json.loads(done.stdout)["dependencies"])
    except subprocess.TimeoutExpired:
        code, text = 0, not_run(f"PyPI did not answer within {PATIENCE} seconds")
    except (ValueError, KeyError):
        last = done.stderr.strip().rpartition("\n")[2]
        code, text = 0, not_run(f"PyPI can't be asked ({last.partition(':')[0] or 'no report'})")
    click.echo(text)
    return code


if __name__ == "__main__":
    sys.exit(main())
