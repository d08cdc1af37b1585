"""The thread that keeps the chain up with the log. It looks once a second, so that appends are not held up."""

import logging
import threading
from collections.abc import Callable

from events.errors import StoreUnavailable
from workers.chain.chaining import Chaining

SECONDS_BETWEEN_LOOKS = 1.0
"""Each look that finds something is a durable commit. One a second is little beside those of the log."""

logger = logging.getLogger(__name__)


class ChainFollower:
    """Runs a `Chaining` until it is stopped, or finds that the log is not what was chained."""

    def __init__(self, chaining: Chaining, *, seconds_between_looks: float = SECONDS_BETWEEN_LOOKS) -> None:
        self.failure: BaseException | None = None
        """What stopped it, for the health report. It stays stopped: a person has to look."""
        self._chaining = chaining
        self._between_looks = seconds_between_looks
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"follower {chaining.name}", daemon=True)

    @property
    def position(self) -> int:
        """The position up to which events are chained. Raise StoreUnavailable."""
        return self._chaining.position()

    def start(self) -> None:
        """Begin to chain, where it ended last time."""
        self._thread.start()

    def stop(self) -> None:
        """Chain what came last, sign a checkpoint, and end."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._chain(self._chaining.seal_if_due)
                self._stopping.wait(self._between_looks)
            self._chain(self._chaining.seal)
        except BaseException as failure:
            self.failure = failure
            logger.critical("The log is not chained any more", exc_info=True)

    def _chain(self, then_sign: Callable[[], None]) -> None:
        try:
            while self._chaining.step() and not self._stopping.is_set():
                pass
            then_sign()
        except StoreUnavailable as error:
            logger.warning("The log is chained later: %s", error)
