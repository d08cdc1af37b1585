"""How far another process has followed the log, told to those who wait for it in this one."""

import logging
import threading
from collections.abc import Callable

from events.errors import StoreUnavailable
from events.progress import Progress

SHORTEST_PAUSE = 0.002
LONGEST_PAUSE = 0.05
"""Seconds between looks while somebody waits: short at first, since most are answered within some milliseconds."""

IDLE = 1.0
"""Seconds between looks while nobody waits, and while the store is away."""

logger = logging.getLogger(__name__)


class PositionWatch:
    """One thread that asks for a position, often while somebody waits for one and seldom otherwise.

    However many wait, one asks. PostgreSQL could notify instead; that would wake every process for every batch,
    though most of the time nobody waits in it.
    """

    def __init__(self, position: Callable[[], int]) -> None:
        """`position` asks the store; it may raise StoreUnavailable."""
        self.progress = Progress()
        self._position = position
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="position watch", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Stop looking. Nobody need wait for a position any more."""
        self._stopping.set()
        self.progress.stopped()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        pause = SHORTEST_PAUSE
        while not self._stopping.is_set():
            try:
                position = self._position()
            except StoreUnavailable as error:
                logger.warning("It can't be seen how far the read models are: %s", error)
                self._stopping.wait(IDLE)
                continue
            if position != self.progress.position:
                self.progress.reached(position)
                pause = SHORTEST_PAUSE
            if self.progress.wait_until_awaited(IDLE):
                self._stopping.wait(pause)
                pause = min(pause * 1.5, LONGEST_PAUSE)
            else:
                pause = SHORTEST_PAUSE
