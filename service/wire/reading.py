"""From an HTTP request to a valid request of the API, or a refusal that says what is wrong with it."""

import asyncio
from typing import Any, TypeVar

import orjson
from aiohttp import hdrs, web
from pydantic import ValidationError

from events.errors import InvalidRequest
from service.wire.request import Request
from service.wire.unpacking import encoding_of, unpacked
from service.wire.violations import describe

R = TypeVar("R", bound=Request)

BODY_TIMEOUT = 20.0
"""Seconds in which a body must have come. aiohttp itself waits for one for ever."""

JSON_TYPES = frozenset({"application/json", "application/x-amz-json-1.0", "application/x-amz-json-1.1"})
WITH_A_BODY = frozenset({hdrs.METH_POST, hdrs.METH_PATCH})


async def read(kind: type[R], request: web.Request, body_timeout: float = BODY_TIMEOUT) -> R:
    """Return the request's members, from its path and its body or query, all checked.

    PATCH and POST carry members in the body; the others carry none there, and a body that they have is not read.
    """
    has_body = request.method in WITH_A_BODY
    members = await _body(request, body_timeout) if has_body else _query(kind, request)
    try:
        return kind.model_validate({**members, **request.match_info})
    except ValidationError as violations:
        raise InvalidRequest(describe(violations)) from None


async def _body(request: web.Request, timeout: float) -> dict[str, Any]:  # noqa: ASYNC109 - refused, not raised
    """Return the members in the body. No body is a body without members, as SDKs send it."""
    if not request.body_exists:
        return {}
    _require_json(request)
    raw = _unpacked(request, await whole_body(request, timeout))
    if not raw.strip():
        return {}
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise InvalidRequest(f"The body is not valid JSON: {error}.") from None
    if not isinstance(body, dict):
        raise InvalidRequest("The body must be a JSON object.")
    return body


async def whole_body(request: web.Request, timeout: float = BODY_TIMEOUT) -> bytes:  # noqa: ASYNC109 - as above
    """Return the body as it was sent, however often it is asked for. Most come with their head, and need no timer.

    Raise HTTPRequestEntityTooLarge, HTTPRequestTimeout, or HTTPBadRequest if it breaks off.
    """
    try:
        if request.content.is_eof():
            return await request.read()
        async with asyncio.timeout(timeout):
            return await request.read()
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except (ConnectionError, RuntimeError):
        raise web.HTTPBadRequest from None  # the sender has gone, which aiohttp tells in both ways


def _unpacked(request: web.Request, sent: bytes) -> bytes:
    body = bytearray()
    for piece in unpacked([sent], encoding_of(request)):
        body += piece
        if len(body) > request.client_max_size:
            raise web.HTTPRequestEntityTooLarge(request.client_max_size, len(body))
    return bytes(body)


def _require_json(request: web.Request) -> None:
    if request.content_length is not None and request.content_length > request.client_max_size:
        raise web.HTTPRequestEntityTooLarge(request.client_max_size, request.content_length)
    if hdrs.CONTENT_TYPE not in request.headers:
        return
    if request.content_type not in JSON_TYPES or (request.charset or "utf-8").lower() not in {"utf-8", "utf8"}:
        raise web.HTTPUnsupportedMediaType


def _query(kind: type[Request], request: web.Request) -> dict[str, Any]:
    """Return the members in the query. One that is given twice says two things, so neither is believed."""
    query = request.query
    if not query:
        return {}
    known = {field.alias for field in kind.model_fields.values() if field.alias is not None}
    twice = sorted(name for name in known.intersection(query) if len(query.getall(name)) > 1)
    if twice:
        raise InvalidRequest(f"The query gives more than one value: {', '.join(twice)}.")
    return {name: query[name] for name in known.intersection(query)}
