"""A server that is a process of its own for as long as a block lasts.

It prints its URL on a line, and serves until its standard input ends.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


@contextmanager
def serving_process(*arguments: object) -> Iterator[str]:
    """Run Python with these arguments; yields the URL."""
    process = subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        url = process.stdout.readline().strip()
        assert url.startswith("http"), f"python {' '.join(map(str, arguments))} did not start"
        yield url
    finally:
        process.stdin.close()
        process.wait(30)
        process.stdout.close()
