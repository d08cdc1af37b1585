"""What a process shows to those who watch over it: how it is, and what it has measured."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass

from aiohttp import web

from service.observing.metrics import Metrics
from service.observing.traces import Traces


@dataclass(frozen=True)
class Watched:
    """What `/metrics` and `/health/...` answer from. The composition root makes it."""

    metrics: Metrics
    health: Callable[[], list[str]]
    """The reasons why the process can't do its work; empty when it can. It may block for a while."""
    traces: Traces | None = None
    """Where spans go, if anywhere."""
    notes: Callable[[], dict[str, object]] = dict
    """What is to be seen beside that, though it keeps the process from nothing. It does not block."""


class Watching:
    """Asks a process how it is, off the event loop, and not twice at the same time.

    Threads of its own, so that a store that hangs holds up neither requests nor those who ask for metrics.
    """

    def __init__(self, watched: Watched, health: Executor, scrapes: Executor) -> None:
        self.watched = watched
        self._health = health
        self._scrapes = scrapes
        self._asked: Future[list[str]] | None = None

    async def reasons(self) -> list[str]:
        """Why the process can't do its work. Who asks while another waits for the answer gets the same one."""
        if self._asked is None or self._asked.done():
            self._asked = self._health.submit(self.watched.health)
        return await asyncio.shield(asyncio.wrap_future(self._asked))

    async def scraped(self, render: Callable[[Metrics], bytes]) -> bytes:
        """The metrics, rendered; this reads from stores."""
        return await asyncio.get_running_loop().run_in_executor(self._scrapes, render, self.watched.metrics)


WATCHING = web.AppKey("watching", Watching)


def watching(watched: Watched) -> Callable[[web.Application], AsyncIterator[None]]:
    """Return what an application needs in its `cleanup_ctx` to answer those who watch."""

    async def threads(app: web.Application) -> AsyncIterator[None]:
        health = ThreadPoolExecutor(1, thread_name_prefix="health")
        scrapes = ThreadPoolExecutor(1, thread_name_prefix="scrapes")
        app[WATCHING] = Watching(watched, health, scrapes)
        yield
        for executor in (health, scrapes):
            executor.shutdown(wait=False, cancel_futures=True)

    return threads
