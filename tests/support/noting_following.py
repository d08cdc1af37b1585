"""A following that notes what it was given, and fails when a test says so."""

import threading
from collections import deque
from collections.abc import Sequence

from events.log import Recorded


class NotingFollowing:
    """Keeps what it took in memory, as a database would: all of a batch or nothing."""

    def __init__(self) -> None:
        self.name = "noting"
        self.taken: list[Recorded] = []
        self.batches: list[int] = []
        self.trouble: deque[Exception] = deque()
        """Raised by the next calls, whichever they are, one each."""
        self.doubt: deque[Exception] = deque()
        """Raised after a batch was taken, as when a database commits and can't say so."""
        self.poison: int | None = None
        """The position of an event that can't be taken."""
        self.idled = threading.Event()
        self.looked_after: list[int] = []
        """How far it had come each time it looked around."""

    def position(self) -> int:
        self._get_into_trouble()
        return self.taken[-1].position if self.taken else 0

    def take(self, recorded: Sequence[Recorded], position: int) -> None:
        self._get_into_trouble()
        if any(each.position == self.poison for each in recorded):
            raise ValueError(f"cannot take {self.poison}")
        assert position == recorded[-1].position
        self.taken += recorded
        self.batches.append(len(recorded))
        if self.doubt:
            raise self.doubt.popleft()

    def idle(self) -> None:
        self._get_into_trouble()
        self.looked_after.append(self.taken[-1].position if self.taken else 0)
        self.idled.set()

    def _get_into_trouble(self) -> None:
        if self.trouble:
            raise self.trouble.popleft()
