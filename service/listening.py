"""The service on a port, for as long as a block lasts."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager

from aiohttp import web

from service.app import make_app
from service.server import Runner
from service.services import Services


@asynccontextmanager
async def listening(services: Services) -> AsyncIterator[str]:
    """Answer requests during the block, in this event loop; yields the URL.

    Raise OSError if the address can't be listened on.
    """
    runner = Runner(make_app(services))
    await runner.setup()
    try:
        await web.TCPSite(runner, services.settings.host, services.settings.port).start()
        yield _url(*runner.addresses[0][:2])
    finally:
        await runner.cleanup()


@contextmanager
def listening_in_a_thread(services: Services) -> Iterator[str]:
    """Answer requests during the block, in a thread of its own; yields the URL. Raises as `listening` does."""
    started: Future[str] = Future()
    stop: Future[None] = Future()
    thread = threading.Thread(target=lambda: asyncio.run(_listen(services, started, stop)), name="http")
    thread.start()
    try:
        yield started.result()
    finally:
        stop.set_result(None)
        thread.join()


async def _listen(services: Services, started: "Future[str]", stop: "Future[None]") -> None:
    try:
        async with listening(services) as url:
            started.set_result(url)
            await asyncio.wrap_future(stop)
    except OSError as error:
        started.set_exception(error)


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
