"""Waiting, for a bounded time, for what another thread or process does."""

import threading
import time
from collections.abc import Callable

LONGEST_WAIT = 20.0


def until(condition: Callable[[], object], longest: float = LONGEST_WAIT) -> None:
    """Return as soon as a condition is met; fail if it is not within `longest` seconds."""
    deadline = time.monotonic() + longest
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        pause.wait(0.01)
