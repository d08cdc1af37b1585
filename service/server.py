"""The HTTP server under the application: its limits, and its answers to what never becomes a request.

aiohttp answers unreadable HTTP by itself, in plain text and with a piece of what it could not read. Here such
answers have AWS's form and repeat nothing.
"""

import asyncio
import logging
from typing import Any

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from service.middleware import request_ids, sign
from service.wire.errors import error_response

logger = logging.getLogger(__name__)

KEEPALIVE_TIMEOUT = 60.0
"""Seconds that a silent or half-spoken connection is kept. aiohttp's own is an hour."""

LINGERING_TIME = 5.0
"""Seconds in which the rest of a refused body may come, so that its sender reads the answer and no reset."""

SHUTDOWN_TIMEOUT = 10.0
"""Seconds that a request in progress has to end once the service is told to stop."""

MAX_LINE = 8190
"""Bytes of a request line, and of a header."""

MAX_HEADERS = 128

LIMITS = {
    "keepalive_timeout": KEEPALIVE_TIMEOUT,
    "lingering_time": LINGERING_TIME,
    "max_line_size": MAX_LINE,
    "max_field_size": MAX_LINE,
    "max_headers": MAX_HEADERS,
    "access_log": None,
}


class Connection(RequestHandler):
    """One connection, whose every answer has AWS's form."""

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 - it repeats the request
    ) -> web.StreamResponse:
        """Answer what could not be read as HTTP, and what failed outside of the application."""
        if request.writer.output_size > 0:
            raise ConnectionError("An answer has begun already.")
        unreadable = status < 500
        response = _answer(web.HTTPBadRequest() if unreadable else exc)
        response.force_close()
        return response

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Send an answer; one that aiohttp made outside of the application gets AWS's form first."""
        shaped = _answer(resp) if isinstance(resp, web.HTTPException) else resp
        return await super().finish_response(request, shaped, start_time)


def _answer(error: BaseException | None) -> web.Response:
    request_id = next(request_ids())
    response = error_response(error if isinstance(error, Exception) else RuntimeError(), request_id)
    sign(response, request_id)
    return response


class Server(web.Server):
    """Makes a `Connection` of each connection."""

    def __call__(self) -> Connection:
        """Return the protocol of a connection that has just been accepted."""
        return Connection(self, loop=asyncio.get_running_loop(), **LIMITS)  # type: ignore[arg-type]


class Runner(web.AppRunner):
    """Runs the application behind a `Server`. Used as aiohttp's own runner: setup, a site, cleanup."""

    def __init__(self, app: web.Application, **kwargs: Any) -> None:
        super().__init__(app, shutdown_timeout=SHUTDOWN_TIMEOUT, **kwargs)

    async def _make_server(self) -> Server:
        made = await super()._make_server()
        return Server(made.request_handler, request_factory=made.request_factory)
