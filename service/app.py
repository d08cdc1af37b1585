"""The HTTP front end, put together."""

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

from aiohttp import web

from service.call import LIST_THREADS, LISTS
from service.middleware import middlewares
from service.routes import routes
from service.services import SERVICES, Services

__all__ = ["MAX_BODY", "Services", "make_app"]

MAX_BODY = 1024 * 1024
"""Bytes of a body, however it is compressed; the import of an inventory alone may be larger."""


def make_app(services: Services) -> web.Application:
    """Return the application. Run it by `service.server.Runner`, which has the limits on connections."""
    app = web.Application(middlewares=middlewares(), client_max_size=MAX_BODY)
    app[SERVICES] = services
    app.cleanup_ctx.append(_list_threads)
    app.add_routes(routes())
    return app


async def _list_threads(app: web.Application) -> AsyncIterator[None]:
    with ThreadPoolExecutor(LIST_THREADS, thread_name_prefix="lists") as threads:
        app[LISTS] = threads
        yield
