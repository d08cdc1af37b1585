"""`/metrics` for those alone who have a token, where one is set: what audits came to is in them, of every account.

A bearer token, since that is what Prometheus can send. `/health/...` says nothing of accounts, and is open.
"""

import hmac

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from service.access.refusals import AccessDenied


def metrics_token(token: str) -> Middleware:
    """Keep everybody else from the metrics; an empty token keeps nobody."""
    expected = f"Bearer {token}".encode()

    @web.middleware
    async def keep(request: web.Request, handler: Handler) -> web.StreamResponse:
        if token and request.match_info.route.name == "Metrics":
            given = request.headers.get(hdrs.AUTHORIZATION, "").encode("utf-8", "surrogateescape")
            if not hmac.compare_digest(given, expected):
                raise AccessDenied("The metrics are for who bears the token of FLEET_AUDIT_METRICS_TOKEN.")
        return await handler(request)

    return keep
