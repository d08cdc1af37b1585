"""Reads the log in order and hands it on: the read models and the dispatcher run on this."""

import logging
import threading
from collections.abc import Container, Sequence
from time import monotonic
from typing import Protocol

from events.at_hand import EVENT
from events.errors import StoreUnavailable
from events.event import Event
from events.log import EventLog, Recorded
from events.progress import Progress

BATCH = 500
"""Events in a batch. One transaction for 500 events carries 30 times as many a second as one for each event."""

PAUSES = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds between attempts while a store is away; the last one again and again."""

logger = logging.getLogger(__name__)


class Following(Protocol):
    """What a follower drives. All calls come from the follower's thread."""

    name: str

    def position(self) -> int:
        """Return the position up to which everything is done, 0 at first."""
        ...

    def take(self, recorded: Sequence[Recorded], position: int) -> None:
        """Do what these events ask for and keep `position`, the last one's, in one transaction.

        Events may come again after a failure. StoreUnavailable means: later. Any other exception stops the
        follower.
        """
        ...

    def idle(self) -> None:
        """Look around: the log is drained. Called at least every `Follower.patience` seconds, twice at most.

        And after every batch, or those only that have events of which the follower is told that they matter.
        """
        ...


class Follower:
    """One thread that keeps one following up with the log. It never skips an event."""

    def __init__(
        self,
        log: EventLog,
        following: Following,
        *,
        patience: float = 1.0,
        looking_after: Container[type[Event]] | None = None,
    ) -> None:
        """Make a follower; `patience` is how long, in seconds, it trusts the bell of its own process.

        After events of the classes `looking_after` the following looks around at once; after others, which change
        nothing for it, when it would in any case. None: after all of them.
        """
        self.patience = patience
        self.progress = Progress()
        self.failure: BaseException | None = None
        """What stopped the follower, for the health report. It stays stopped: an event that can't be taken must
        be looked at by a person."""
        self._log = log
        self._following = following
        self._looking_after = looking_after
        self._next_look = 0.0
        """Of the monotonic clock: when the following is to look around, whatever has happened."""
        self._next_after: int | None = None
        """The position to read after; None until the following has told it, and after a failure, again."""
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"follower {following.name}", daemon=True)

    @property
    def position(self) -> int:
        """The position up to which everything is done, -1 before that is known."""
        return self.progress.position

    def start(self) -> None:
        """Begin to follow, where the following stopped last time."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after the batch in hand, and wait for that."""
        self._stopping.set()
        self._log.appended.ring()
        if self._thread.ident is not None:
            self._thread.join()

    def wait_until(self, position: int, timeout: float) -> bool:
        """Block a thread until a position is passed; False if it is not after `timeout` seconds, or never will."""
        return self.progress.wait(position, timeout)

    def _run(self) -> None:
        try:
            self._follow()
        except BaseException as failure:
            self.failure = failure
            logger.critical(
                "The follower %s has stopped after position %d", self._following.name, self.position, exc_info=True
            )
        finally:
            self.progress.stopped()

    def _follow(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            try:
                self._go_on()
                failures = 0
            except StoreUnavailable as error:
                pause = PAUSES[min(failures, len(PAUSES) - 1)]
                failures += 1
                logger.warning("The follower %s waits %.1f s: %s", self._following.name, pause, error)
                self._next_after = None
                self._stopping.wait(pause)

    def _go_on(self) -> None:
        """Take the next batch; at the log's end, wait for more."""
        EVENT.set(None)
        if self._next_after is None:
            self._next_after = self._following.position()
            self.progress.reached(self._next_after)
        rings = self._log.appended.rings
        recorded, is_last = self._log.batch_after(self._next_after)
        if recorded:
            last = recorded[-1].position
            self._following.take(recorded, last)
            EVENT.set(None)
            self._next_after = last
            self.progress.reached(last)
            if self._looking_after is None or any(type(each.event) in self._looking_after for each in recorded):
                self._next_look = 0.0
        if is_last:
            if monotonic() >= self._next_look:
                self._following.idle()
                self._next_look = monotonic() + self.patience / 2
            self._log.appended.wait(rings, self.patience)
