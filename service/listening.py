"""The service on a port, or what those who watch over a process ask for, for as long as a block lasts."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager, contextmanager

from aiohttp import web

from service.access.door_settings import DEFAULT_DOOR, Door
from service.access.open_files import said_of_open_files
from service.app import make_app, make_watching_app
from service.observing.watched import Watched
from service.server import Runner
from service.services import Services

logger = logging.getLogger(__name__)

Listening = Callable[[], AbstractAsyncContextManager[str]]


def listening(services: Services) -> AbstractAsyncContextManager[str]:
    """Answer requests during the block, in this event loop; yields the URL.

    Raise OSError if the address can't be listened on.
    """
    settings = services.settings
    return _on_a_port(make_app(services), settings.host, settings.port, settings.door)


def listening_in_a_thread(services: Services) -> AbstractContextManager[str]:
    """Answer requests during the block, in a thread of its own; yields the URL. Raises as `listening` does."""
    return _in_a_thread(lambda: listening(services), "http")


def watched_on_a_port(
    watched: Watched, host: str, port: int, door: Door = DEFAULT_DOOR
) -> AbstractContextManager[str]:
    """Answer `/metrics` and `/health/...` during the block, in a thread of its own; yields the URL.

    For a process that has no API. Port 0 takes any that is free. Raises as `listening` does.
    """
    return _in_a_thread(lambda: _on_a_port(make_watching_app(watched, host, door), host, port, door), "watched")


@asynccontextmanager
async def _on_a_port(app: web.Application, host: str, port: int, door: Door) -> AsyncIterator[str]:
    too_few_files = said_of_open_files(door)
    if too_few_files is not None:
        logger.warning(too_few_files)
    runner = Runner(app, door)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield _url(*runner.addresses[0][:2])
    finally:
        await runner.cleanup()


@contextmanager
def _in_a_thread(begin: Listening, name: str) -> Iterator[str]:
    started: Future[str] = Future()
    stop: Future[None] = Future()
    thread = threading.Thread(target=lambda: asyncio.run(_listen(begin, started, stop)), name=name)
    thread.start()
    try:
        yield started.result()
    finally:
        stop.set_result(None)
        thread.join()


async def _listen(begin: Listening, started: "Future[str]", stop: "Future[None]") -> None:
    try:
        async with begin() as url:
            started.set_result(url)
            await asyncio.wrap_future(stop)
    except OSError as error:
        started.set_exception(error)


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
