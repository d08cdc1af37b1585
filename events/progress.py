"""How far a follower has come, and those who wait for it to come further."""

import asyncio
import threading
from collections import defaultdict
from time import monotonic


class Progress:
    """Lets threads and coroutines, of any number of event loops, wait until a position is passed.

    Nobody polls. However many coroutines of a loop wait, one batch of the follower wakes the loop once.
    """

    def __init__(self) -> None:
        self._position = -1
        self._has_stopped = False
        self._changed = threading.Condition()
        self._waiters: dict[asyncio.AbstractEventLoop, dict[asyncio.Future[bool], int]] = defaultdict(dict)

    @property
    def position(self) -> int:
        """The position up to which everything is done; -1 before the follower knows its own."""
        return self._position

    def reached(self, position: int) -> None:
        """Note that everything up to a position is done, and wake those who waited for that."""
        with self._changed:
            self._position = position
            self._wake()

    def stopped(self) -> None:
        """Note that the follower will come no further: nobody need wait for it any more."""
        with self._changed:
            self._has_stopped = True
            self._wake()

    async def passed(self, position: int, timeout: float) -> bool:  # noqa: ASYNC109 - lagging is no error
        """Wait until a position is passed; False if it is not after `timeout` seconds, or never will be.

        Does not suspend if it is passed already.
        """
        if self._position >= position:
            return True
        loop = asyncio.get_running_loop()
        with self._changed:
            if self._is_settled(position):
                return self._position >= position
            waiter: asyncio.Future[bool] = loop.create_future()
            self._waiters[loop][waiter] = position
        expiry = loop.call_later(timeout, _settle, waiter, False)
        try:
            return await waiter
        finally:
            expiry.cancel()
            self._leave(loop, waiter)

    def wait(self, position: int, timeout: float) -> bool:
        """Block a thread until a position is passed; False if it is not after `timeout` seconds, or never will."""
        deadline = monotonic() + timeout
        with self._changed:
            while not self._is_settled(position) and (left := deadline - monotonic()) > 0:
                self._changed.wait(left)
            return self._position >= position

    def _is_settled(self, position: int) -> bool:
        return self._has_stopped or self._position >= position

    def _wake(self) -> None:
        self._changed.notify_all()
        for loop, waiters in list(self._waiters.items()):
            if any(self._is_settled(position) for position in waiters.values()):
                try:
                    loop.call_soon_threadsafe(self._settle_waiters, loop)
                except RuntimeError:  # the loop was closed over its waiters
                    del self._waiters[loop]

    def _settle_waiters(self, loop: asyncio.AbstractEventLoop) -> None:
        """In the loop's own thread: answer those of its waiters who need not wait any longer."""
        with self._changed:
            for waiter, position in self._waiters.get(loop, {}).items():
                if self._is_settled(position):
                    _settle(waiter, self._position >= position)

    def _leave(self, loop: asyncio.AbstractEventLoop, waiter: "asyncio.Future[bool]") -> None:
        with self._changed:
            waiters = self._waiters.get(loop, {})
            waiters.pop(waiter, None)
            if not waiters:
                self._waiters.pop(loop, None)


def _settle(waiter: "asyncio.Future[bool]", answer: bool) -> None:
    if not waiter.done():
        waiter.set_result(answer)
