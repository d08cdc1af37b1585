"""The HTTP front end, put together."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

from aiohttp import web
from aiohttp.typedefs import Middleware

from service.access.admission import admission
from service.access.door_settings import Door
from service.access.host_and_origin import host_and_origin
from service.access.metrics_token import metrics_token
from service.access.noted_refusals import noted_refusals
from service.access.open_door import open_account
from service.access.shared_token_buckets import SharedBuckets
from service.access.streams import STREAMS, Streams
from service.access.throttling import throttled
from service.access.throttling_rates import rates
from service.access.token_buckets import Buckets, BucketsOfAProcess
from service.as_of.travel import as_of, prepare
from service.call import LIST_THREADS, LISTS
from service.middleware import answered, request_ids, signed
from service.observing.metrics import Metrics
from service.observing.requests import AnswerObserver
from service.observing.watched import Watched, watching
from service.openapi.of_service import service_document
from service.openapi.published import PUBLISHED, Published
from service.operations.watch_audit_task import STOPPING, end_streams
from service.routes import routes, watching_routes
from service.services import SERVICES, Services
from service.settings import Settings

__all__ = ["MAX_BODY", "Services", "make_app", "make_watching_app"]

MAX_BODY = 1024 * 1024
"""Bytes of a body, however it is compressed; the import of an inventory alone may be larger."""


def make_app(services: Services) -> web.Application:
    """Return the application. Run it by `service.server.Runner`, which has the limits on connections."""
    settings, metrics = services.settings, services.watched.metrics
    buckets = _buckets(settings, metrics)
    app = web.Application(
        middlewares=[
            answered(request_ids(), AnswerObserver(services.watched)),
            host_and_origin(settings.host, settings.door.allowed_hosts),
            noted_refusals,
            metrics_token(settings.door.metrics_token),
            _admission(services),
            throttled(buckets, rates(settings.door.throttling), settings.throttling_status, metrics),
            as_of,
        ],
        client_max_size=MAX_BODY,
    )
    app.on_response_prepare.append(signed)
    prepare(app)
    app.on_cleanup.append(lambda _: buckets.close())
    app[SERVICES] = services
    app[PUBLISHED] = Published(lambda: service_document(services.settings.throttling_status))
    app[STREAMS] = Streams()
    app[STOPPING] = asyncio.Event()
    app.on_shutdown.append(end_streams)
    app.cleanup_ctx.append(_list_threads)
    app.cleanup_ctx.append(_refusals_written)
    app.cleanup_ctx.append(watching(services.watched))
    app.add_routes(routes())
    return app


def make_watching_app(watched: Watched, host: str, door: Door) -> web.Application:
    """Return the application of a process that has no API: what those who watch over it ask for, and no more."""
    app = web.Application(
        middlewares=[
            answered(request_ids(), AnswerObserver(watched)),
            host_and_origin(host, door.allowed_hosts),
            metrics_token(door.metrics_token),
        ],
        client_max_size=MAX_BODY,
    )
    app.on_response_prepare.append(signed)
    app.cleanup_ctx.append(watching(watched))
    app.add_routes(watching_routes())
    return app


def _buckets(settings: Settings, metrics: Metrics) -> Buckets:
    """What counts the requests: for all front ends together where there is a Redis, else for this one."""
    if settings.redis_url is None:
        return BucketsOfAProcess(monotonic)
    return SharedBuckets(settings.redis_url, monotonic, metrics.not_throttled)


def _admission(services: Services) -> Middleware:
    settings, book = services.settings, services.credentials
    is_open = open_account(settings.account, settings.host, book, insecure=settings.insecure)
    return admission(book, settings.region, is_open)


async def _refusals_written(app: web.Application) -> AsyncIterator[None]:
    with app[SERVICES].refusals.written_soon():
        yield


async def _list_threads(app: web.Application) -> AsyncIterator[None]:
    with ThreadPoolExecutor(LIST_THREADS, thread_name_prefix="lists") as threads:
        app[LISTS] = threads
        yield
