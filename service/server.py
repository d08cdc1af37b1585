"""The HTTP server under the application: its limits, and its answers to what never becomes a request.

aiohttp answers unreadable HTTP by itself, in plain text and with a piece of what it could not read. Here such
answers have AWS's form and repeat nothing.
"""

import asyncio
from typing import Any

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from service.access.connections import Connections, peer_of
from service.access.door_settings import Door
from service.middleware import request_ids, sign
from service.routes import WATCHING_PATHS
from service.wire.errors import error_response

LINGERING_TIME = 5.0
"""Seconds in which the rest of a refused body may come, so that its sender reads the answer and no reset."""

SHUTDOWN_TIMEOUT = 10.0
"""Seconds that a request in progress has to end once the service is told to stop."""

MAX_LINE = 8190
"""Bytes of a request line, and of a header."""

MAX_HEADERS = 64
"""An SDK sends about ten, and proxies add some."""

LARGE_ANSWER = 64 * 1024
"""Bytes that the computer takes for a connection whose other end takes none."""

TAKING_TIMEOUT = 60.0
"""Seconds in which a larger answer must have been taken."""

LIMITS = {
    "lingering_time": LINGERING_TIME,
    "max_line_size": MAX_LINE,
    "max_field_size": MAX_LINE,
    "max_headers": MAX_HEADERS,
    "auto_decompress": False,  # service.wire.unpacking does it
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

    def log_exception(self, *args: Any, **kw: Any) -> None:
        """Log a fault of ours. A body that can't be decoded is not one, and its sender has been told."""
        if not isinstance(kw.get("exc_info"), web.RequestPayloadError):
            super().log_exception(*args, **kw)

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Send an answer; one that aiohttp made outside of the application gets AWS's form first."""
        shaped = _answer(resp) if isinstance(resp, web.HTTPException) else resp
        if (shaped.content_length or 0) < LARGE_ANSWER:
            return await super().finish_response(request, shaped, start_time)
        try:
            async with asyncio.timeout(TAKING_TIMEOUT):
                return await super().finish_response(request, shaped, start_time)
        except TimeoutError:
            self.force_close()
            return shaped, True


def _answer(error: BaseException | None) -> web.Response:
    request_id = next(request_ids())
    response = error_response(error if isinstance(error, Exception) else RuntimeError(), request_id)
    sign(response, request_id)
    return response


class Server(web.Server):
    """Makes a `Connection` of each connection, as long as there is room."""

    def __init__(self, handler: Any, door: Door, **kwargs: Any) -> None:
        super().__init__(self._at_work, **kwargs)
        self._answer_in_application = handler
        self._idle_timeout = float(door.idle_timeout)
        self._room = Connections(door.most_connections, door.most_connections_of_a_peer)

    def __call__(self) -> Connection:
        """Return the protocol of a connection that has just been accepted."""
        loop = asyncio.get_running_loop()
        return Connection(self, loop=loop, keepalive_timeout=self._idle_timeout, **LIMITS)  # type: ignore[arg-type]

    def connection_made(self, handler: RequestHandler, transport: asyncio.Transport) -> None:
        """Keep a connection, or close it where there is no room."""
        super().connection_made(handler, transport)
        if not self._room.open(handler, peer_of(transport.get_extra_info("peername"))):
            handler.force_close()

    def connection_lost(self, handler: RequestHandler, exc: BaseException | None = None) -> None:
        """Forget a connection."""
        self._room.close(handler)
        super().connection_lost(handler, exc)

    async def _at_work(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request; its connection is not closed for another's sake meanwhile."""
        connection = request.protocol
        if self._room.is_spare(connection) and request.path not in WATCHING_PATHS:
            refusal = _answer(web.HTTPServiceUnavailable())
            refusal.force_close()
            return refusal
        self._room.began(connection)
        try:
            response: web.StreamResponse = await self._answer_in_application(request)
        finally:
            self._room.ended(connection)
        return response


class Runner(web.AppRunner):
    """Runs the application behind a `Server`. Used as aiohttp's own runner: setup, a site, cleanup."""

    def __init__(self, app: web.Application, door: Door, **kwargs: Any) -> None:
        super().__init__(app, shutdown_timeout=SHUTDOWN_TIMEOUT, **kwargs)
        self._door = door

    async def _make_server(self) -> Server:
        made = await super()._make_server()
        return Server(made.request_handler, self._door, request_factory=made.request_factory)
