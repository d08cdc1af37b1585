"""The HTTP front end, put together."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

from aiohttp import web

from service.access.open_door import open_door
from service.call import LIST_THREADS, LISTS
from service.middleware import middlewares
from service.observing.watched import Watched, watching
from service.openapi.of_service import service_document
from service.openapi.published import PUBLISHED, Published
from service.operations.watch_audit_task import STOPPING, end_streams
from service.routes import routes, watching_routes
from service.services import SERVICES, Services

__all__ = ["MAX_BODY", "Services", "make_app", "make_watching_app"]

MAX_BODY = 1024 * 1024
"""Bytes of a body, however it is compressed; the import of an inventory alone may be larger."""


def make_app(services: Services) -> web.Application:
    """Return the application. Run it by `service.server.Runner`, which has the limits on connections."""
    app = web.Application(
        middlewares=[*middlewares(services.watched), open_door(services.settings.account)],
        client_max_size=MAX_BODY,
    )
    app[SERVICES] = services
    app[PUBLISHED] = Published(lambda: service_document(services.settings.throttling_status))
    app[STOPPING] = asyncio.Event()
    app.on_shutdown.append(end_streams)
    app.cleanup_ctx.append(_list_threads)
    app.cleanup_ctx.append(watching(services.watched))
    app.add_routes(routes())
    return app


def make_watching_app(watched: Watched) -> web.Application:
    """Return the application of a process that has no API: what those who watch over it ask for, and no more."""
    app = web.Application(middlewares=middlewares(watched), client_max_size=MAX_BODY)
    app.cleanup_ctx.append(watching(watched))
    app.add_routes(watching_routes())
    return app


async def _list_threads(app: web.Application) -> AsyncIterator[None]:
    with ThreadPoolExecutor(LIST_THREADS, thread_name_prefix="lists") as threads:
        app[LISTS] = threads
        yield
