"""What happens to every request and every answer."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from os import urandom
from time import perf_counter

from aiohttp import hdrs, web
from aiohttp.typedefs import Middleware

from events.at_hand import REQUEST_ID as REQUEST_AT_HAND
from service.observing.metrics import UNKNOWN
from service.observing.requests import AnswerObserver
from service.wire.errors import error_response

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

REQUEST_ID = web.RequestKey("request_id", str)

REQUEST_ID_HEADER = "x-amzn-RequestId"

SERVER = "FleetAudit"
"""What the `Server` header says. A version in it would tell which weaknesses to try."""


SAFE_HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
"""What tells a browser to do nothing with an answer but to hand it to who asked, and nobody to keep it.

Source: OWASP REST Security Cheat Sheet, "Security headers". An answer that is made for a browser brings its own.
"""


def operation_of(request: web.Request) -> str:
    """The name of the operation that a request is for; that of none if no route has it."""
    return request.match_info.route.name or UNKNOWN


def answered(ids: Iterator[str], observer: AnswerObserver) -> Middleware:
    """Give each request an id, and turn what its handler raises into AWS's errors."""

    @web.middleware
    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        began = perf_counter()
        request_id = request[REQUEST_ID] = next(ids)
        REQUEST_AT_HAND.set(request_id)
        try:
            response = await handler(request)
        except Exception as error:  # noqa: BLE001 - the table says what each is, and logs what it does not know
            response = error_response(error, request_id)
        observer.answered(request, operation_of(request), response, request_id, perf_counter() - began)
        return response

    return answer


async def signed(request: web.Request, response: web.StreamResponse) -> None:
    """Sign an answer just before it goes out, also one that is a stream. For `Application.on_response_prepare`."""
    if REQUEST_ID in request:  # what aiohttp answers outside of the application has an id already
        sign(response, request[REQUEST_ID])


def sign(response: web.StreamResponse, request_id: str) -> None:
    """Put on an answer what every answer bears."""
    headers = response.headers
    headers[REQUEST_ID_HEADER] = request_id
    headers[hdrs.SERVER] = SERVER
    for name, value in SAFE_HEADERS.items():
        headers.setdefault(name, value)


def request_ids() -> Iterator[str]:
    """Random UUIDs (version 4) as text, without end.

    Random bytes are fetched for 256 at a time: fetching lets go of the interpreter's lock, and to get it back from
    a busy committer takes longer than all else that a request needs.
    """
    while True:
        digits = urandom(256 * 16).hex()
        for first in range(0, len(digits), 32):
            one = digits[first : first + 32]
            yield f"{one[:8]}-{one[8:12]}-4{one[13:16]}-a{one[17:20]}-{one[20:]}"
