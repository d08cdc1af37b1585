"""Refuses requests that come too often: per account and operation, as AWS does."""

from math import ceil

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from service.access.caller import CALLER
from service.access.throttling_rates import Rates
from service.access.token_buckets import Buckets
from service.observing.metrics import Metrics


class Throttled(Exception):  # noqa: N818 - an answer, not a fault
    """An account has called an operation too often."""

    def __init__(self, status: int, seconds: float) -> None:
        super().__init__("Rate exceeded")
        self.status = status
        """The HTTP status: 429, or 400."""
        self.retry_after = max(1, ceil(seconds))
        """Seconds until the same request may succeed, as the header `Retry-After` wants them: whole ones."""


def throttled(buckets: Buckets, rates: Rates, status: int, metrics: Metrics) -> Middleware:
    """Let in as many requests as an operation's rate allows each account; refuse the others with `status`."""

    @web.middleware
    async def throttle(request: web.Request, handler: Handler) -> web.StreamResponse:
        operation = request.match_info.route.name
        rate = rates.of(operation)
        if rate and operation is not None and CALLER in request:
            wait = await buckets.take((request[CALLER].account, operation), rate)
            if wait:
                metrics.throttled(operation)
                raise Throttled(status, wait)
        return await handler(request)

    return throttle
