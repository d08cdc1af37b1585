"""What happens to every request and every answer."""

from collections.abc import Awaitable, Callable
from uuid import uuid4

from aiohttp import hdrs, web

from service.wire.errors import error_response

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

REQUEST_ID = web.RequestKey("request_id", str)

REQUEST_ID_HEADER = "x-amzn-RequestId"

SERVER = "FleetAudit"
"""What the `Server` header says. A version in it would tell which weaknesses to try."""


@web.middleware
async def answered(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the request its id, turn what its handler raises into AWS's errors, and sign the answer with both."""
    request_id = request[REQUEST_ID] = str(uuid4())
    try:
        response = await handler(request)
    except Exception as error:  # noqa: BLE001 - the table says what each is, and logs what it does not know
        response = error_response(error, request_id)
    sign(response, request_id)
    return response


def sign(response: web.StreamResponse, request_id: str) -> None:
    """Put on an answer what every answer bears."""
    response.headers[REQUEST_ID_HEADER] = request_id
    response.headers[hdrs.SERVER] = SERVER


MIDDLEWARES = (answered,)
"""From the outermost in."""
