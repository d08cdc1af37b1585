"""How far a follower has come, and those who wait for it to come further."""

import asyncio
import sys
import threading
from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from events.committer import Committed

if TYPE_CHECKING:
    from concurrent.futures import Future

R = TypeVar("R")

NOT_YET = sys.maxsize
"""Where a command will be that is not in the log yet: beyond every position."""

ANYWHERE = -1
"""Where a command is that came to nothing: passed at once."""


class Progress:
    """Lets threads and coroutines, of any number of event loops, wait until a position is passed.

    Nobody polls. However many coroutines of a loop wait, one batch of the follower wakes the loop once.
    """

    def __init__(self) -> None:
        self._position = -1
        self._has_stopped = False
        self._changed = threading.Condition()
        self._waiting_threads: list[int] = []
        """The positions that threads wait for."""
        self._waiters: dict[asyncio.AbstractEventLoop, dict[asyncio.Future[bool], int]] = defaultdict(dict)
        self._woken: set[asyncio.AbstractEventLoop] = set()

    @property
    def position(self) -> int:
        """The position up to which everything is done; -1 before the follower knows its own."""
        return self._position

    def reached(self, position: int) -> None:
        """Note that everything up to a position is done, and wake those who waited for that."""
        with self._changed:
            self._position = position
            self._wake_all()

    def stopped(self) -> None:
        """Note that the follower will come no further: nobody need wait for it any more."""
        with self._changed:
            self._has_stopped = True
            self._wake_all()

    async def passed(self, position: int, timeout: float) -> bool:  # noqa: ASYNC109 - lagging is no error
        """Wait until a position is passed; False if it is not after `timeout` seconds, or never will be.

        Does not suspend if it is passed already.
        """
        if self._position >= position:
            return True
        loop = asyncio.get_running_loop()
        waiter = self._enter(loop, position)
        expiry = loop.call_later(timeout, _settle, waiter, False)
        try:
            return await waiter
        finally:
            expiry.cancel()
            self._leave(loop, waiter)

    async def outcome(self, command: "Future[Committed[R]]", patience: float) -> Committed[R]:
        """Wait until a command is in the log and its position is passed; raise what it was refused for.

        After `patience` seconds the position is not waited for any longer, only the command. Who is cancelled
        cancels the command, which may be too late.

        As waiting for the command and then for its position, but the loop is woken once for both, and once for all
        commands that a batch of the follower has passed. A wake-up is a write to a socket, in which the waking
        thread gives up the interpreter lock and then waits for it behind the loop.
        """
        loop = asyncio.get_running_loop()
        waiter = self._enter(loop, NOT_YET)
        command.add_done_callback(lambda _: self._landed(loop, waiter, command))
        expiry = loop.call_later(patience, _settle, waiter, False)
        try:
            await waiter
        except asyncio.CancelledError:
            command.cancel()
            raise
        finally:
            expiry.cancel()
            self._leave(loop, waiter)
        return command.result() if command.done() else await asyncio.wrap_future(command)

    def wait(self, position: int, timeout: float) -> bool:
        """Block a thread until a position is passed; False if it is not after `timeout` seconds, or never will."""
        with self._changed:
            self._waiting_threads.append(position)
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._is_settled(position), timeout)
            self._waiting_threads.remove(position)
            return self._position >= position

    def wait_until_awaited(self, timeout: float) -> bool:
        """Block until somebody waits for a position that is known; False if nobody does for so many seconds."""
        with self._changed:
            return self._changed.wait_for(self._is_awaited, timeout)

    def _is_awaited(self) -> bool:
        if self._has_stopped:
            return True
        awaited = chain(self._waiting_threads, *(waiters.values() for waiters in self._waiters.values()))
        return any(self._position < position < NOT_YET for position in awaited)

    def _is_settled(self, position: int) -> bool:
        return self._has_stopped or self._position >= position

    def _enter(self, loop: asyncio.AbstractEventLoop, position: int) -> "asyncio.Future[bool]":
        waiter: asyncio.Future[bool] = loop.create_future()
        with self._changed:
            self._waiters[loop][waiter] = position
            if position != NOT_YET:
                self._changed.notify_all()
            if self._is_settled(position):  # since the caller looked
                waiter.set_result(self._position >= position)
        return waiter

    def _landed(
        self, loop: asyncio.AbstractEventLoop, waiter: "asyncio.Future[bool]", command: "Future[Committed[R]]"
    ) -> None:
        """In the committer's thread: now it is known where the command is."""
        came_to_nothing = command.cancelled() or command.exception() is not None
        position = ANYWHERE if came_to_nothing else command.result().position
        with self._changed:
            waiters = self._waiters.get(loop, {})
            if waiter in waiters:
                waiters[waiter] = position
                if self._is_settled(position):
                    self._wake(loop)
                else:
                    self._changed.notify_all()

    def _wake_all(self) -> None:
        self._changed.notify_all()
        for loop, waiters in list(self._waiters.items()):
            if any(self._is_settled(position) for position in waiters.values()):
                self._wake(loop)

    def _wake(self, loop: asyncio.AbstractEventLoop) -> None:
        """Have the loop settle its waiters, if that is not under way already."""
        if loop in self._woken and not loop.is_closed():
            return
        self._woken.add(loop)
        try:
            loop.call_soon_threadsafe(self._settle_waiters, loop)
        except RuntimeError:  # the loop was closed over its waiters
            self._woken.discard(loop)
            self._waiters.pop(loop, None)

    def _settle_waiters(self, loop: asyncio.AbstractEventLoop) -> None:
        """In the loop's own thread: answer those of its waiters who need not wait any longer."""
        with self._changed:
            self._woken.discard(loop)
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
