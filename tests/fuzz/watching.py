"""Tells what an input of a stranger costs, and whether anything came of it but an answer or a refusal."""

import resource
import time
from collections.abc import Callable
from contextlib import suppress

from tests.fuzz.targets import Target

LONGEST = 2.0
"""Seconds of processor time for one input, of at most some ten kilobytes. Most take less than a millisecond."""

MOST_MEMORY = 256 * 1024 * 1024
"""Bytes by which the process may have grown over all inputs of a target."""


class TooMuchError(AssertionError):
    """An input took more than it may."""


def watched(target: Target) -> Callable[[bytes], None]:
    """What reads an input of the target; TooMuchError if that takes too long, and every crash as it is."""

    def read(given: bytes) -> None:
        began = time.process_time()
        with suppress(*target.refusals):
            target.read(given)
        took = time.process_time() - began
        if took > LONGEST:
            raise TooMuchError(f"{took:.1f} s for {len(given):,} bytes")

    return read


def peak_memory() -> int:
    """The most that the process has had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
