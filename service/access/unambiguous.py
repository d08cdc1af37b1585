"""Refuses what two readers could read as two requests: a proxy, or a signature, must not have meant another."""

from aiohttp import HttpVersion10, hdrs, web

from service.wire.unpacking import ENCODINGS, encoding_of

ONLY_ONCE = (
    hdrs.HOST,
    hdrs.AUTHORIZATION,
    hdrs.CONTENT_LENGTH,
    hdrs.CONTENT_TYPE,
    hdrs.CONTENT_ENCODING,
    hdrs.ORIGIN,
)
"""Headers of which two say two things."""


def require_unambiguous(request: web.Request) -> None:
    """Refuse a request that has two hosts or the like, none where there must be one, or a strangely encoded body.

    Raise HTTPBadRequest or HTTPUnsupportedMediaType. Two headers that say how long the body is never get here.
    """
    headers = request.headers
    if any(len(headers.getall(name, ())) > 1 for name in ONLY_ONCE):
        raise web.HTTPBadRequest
    host = headers.get(hdrs.HOST)
    # HTTP/1.0 knows no host, and no browser speaks it.
    if host is None and request.version != HttpVersion10:
        raise web.HTTPBadRequest
    if not request.raw_path.startswith("/") and not _is_of(host, request.raw_path):
        raise web.HTTPBadRequest
    if encoding_of(request) not in ENCODINGS:  # one that we ignored would be read as what it is not
        raise web.HTTPUnsupportedMediaType


def _is_of(host: str | None, target: str) -> bool:
    """Whether a target that names its host, as one for a proxy does, names the one of the header."""
    scheme, _, rest = target.lower().partition("://")
    return host is not None and scheme in {"http", "https"} and rest.partition("/")[0] == host.lower()
