"""The end of the log as it was read last: followers go side by side, and each event is read and unpacked once."""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from itertools import dropwhile, islice
from typing import TYPE_CHECKING, NamedTuple

from events.bell import Bell

if TYPE_CHECKING:
    from events.log import Recorded

PATIENCE = 1.0
"""Seconds that one follower waits while another reads. A database that hangs must not hold them up in turn."""

FRESH = 0.5
"""Seconds for which an end of the log that one follower has seen is the end for others, unless the bell rings.

Those of an idle process wake once a second each; half of them need not ask."""


class Weighed(NamedTuple):
    """An event that was read, and how many bytes its state has in the log."""

    recorded: "Recorded"
    stored_bytes: int


class Batch(NamedTuple):
    """The next events of a follower."""

    recorded: "Sequence[Recorded]"
    is_last: bool
    """Whether that was all there was, of what had rung the bell before it was asked for."""


class RecentEvents:
    """Answers from what was read lately, as far as that goes, and reads on. Threads share one."""

    def __init__(
        self,
        read: Callable[[int], tuple[Sequence[Weighed], bool]],
        appended: Bell,
        *,
        most: int,
        most_bytes: int,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`read` returns the next events after a position, and whether these are all.

        No more than `most` events and `most_bytes` are kept, unless more were read at once.
        """
        self._read = read
        self._appended = appended
        self._most = most
        self._most_bytes = most_bytes
        self._reading = threading.Lock()
        self._window: deque[Weighed] = deque()
        self._bytes = 0
        self._after = 0
        """The window has every event that comes after this one, up to its last."""
        self._rings = -1
        """How often the bell had rung before the log was read last."""
        self._monotonic = monotonic
        self._read_at = -FRESH
        """When that was, by the monotonic clock."""
        self._is_all = False
        """Whether that reading came to the end of the log."""

    def after(self, position: int, limit: int) -> Batch:
        """Return the next events after a position, in order, at most so many; none only at the log's end."""
        if not self._reading.acquire(timeout=PATIENCE):
            return self._alone(position)
        try:
            if position < self._after:
                return self._alone(position)
            if position > self._last:
                self._begin_after(position)
            if self._rings != self._appended.rings or (position == self._last and not self._is_fresh):
                self._read_on()
            newer = dropwhile(lambda each: each.recorded.position <= position, self._window)
            recorded = [each.recorded for each in islice(newer, limit)]
            end = recorded[-1].position if recorded else position
            return Batch(recorded, self._is_all and end == self._last)
        finally:
            self._reading.release()

    @property
    def _last(self) -> int:
        return self._window[-1].recorded.position if self._window else self._after

    @property
    def _is_fresh(self) -> bool:
        return self._is_all and self._monotonic() < self._read_at + FRESH

    def _alone(self, position: int) -> Batch:
        """For a follower that lags behind all others: what it reads is of use to nobody else."""
        found, _ = self._read(position)
        return Batch([each.recorded for each in found], is_last=not found)

    def _begin_after(self, position: int) -> None:
        self._window.clear()
        self._bytes = 0
        self._after = position
        self._is_all = False

    def _read_on(self) -> None:
        rings = self._appended.rings
        began = self._monotonic()
        found, self._is_all = self._read(self._last)
        self._rings, self._read_at = rings, began
        self._window.extend(found)
        self._bytes += sum(each.stored_bytes for each in found)
        while len(self._window) > max(self._most, len(found)) or (
            self._bytes > self._most_bytes and len(self._window) > len(found)
        ):
            oldest = self._window.popleft()
            self._bytes -= oldest.stored_bytes
            self._after = oldest.recorded.position
