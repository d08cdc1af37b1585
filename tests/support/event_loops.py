"""Event loops in other threads, and what wakes them."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any, TypeVar, TypeVarTuple

PATIENCE = 30.0

R = TypeVar("R")
Ts = TypeVarTuple("Ts")


class CountingLoop(asyncio.SelectorEventLoop):
    """Counts how often other threads wake it."""

    wake_ups = 0

    def call_soon_threadsafe(
        self, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.Handle:
        self.wake_ups += 1
        return super().call_soon_threadsafe(callback, *args, context=context)


def run_in(loop: asyncio.AbstractEventLoop, main: Coroutine[Any, Any, R]) -> R:
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(main)


def from_another_thread(call: Callable[..., object], *args: object) -> None:
    thread = threading.Thread(target=call, args=args)
    thread.start()
    thread.join(PATIENCE)


async def begun(*waiting: Coroutine[Any, Any, R]) -> list[asyncio.Task[R]]:
    """Let each of these run up to where it waits."""
    tasks = [asyncio.create_task(each) for each in waiting]
    await asyncio.sleep(0)
    return tasks
