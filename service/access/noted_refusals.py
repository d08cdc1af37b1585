"""Has refused commands noted: those of somebody who was let in, whatever it was that refused them."""

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from events.event import Cause
from service.access.caller import CALLER
from service.middleware import REQUEST_ID
from service.services import SERVICES
from service.wire.errors import message_of, shape_of

QUESTIONS = frozenset({"ListAuditFindings"})
"""Operations with another method than GET that command nothing."""

TOO_MANY = 429
"""Who commands too often is told so by a metric; he would drive everything else out of the ring."""


@web.middleware
async def noted_refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let a refusal pass, and note it."""
    try:
        return await handler(request)
    except Exception as error:
        _note(request, error)
        raise


def _note(request: web.Request, error: Exception) -> None:
    shape, operation, caller = shape_of(error), request.match_info.route.name, request.get(CALLER)
    is_command = request.method not in {hdrs.METH_GET, hdrs.METH_HEAD} and operation not in QUESTIONS
    if caller is None or operation is None or not is_command or not 400 <= shape.status < TOO_MANY:
        return
    services = request.app[SERVICES]
    cause = Cause(caller.account, services.clock.now(), caller.actor, request[REQUEST_ID])
    services.refusals.note(operation, shape.name, message_of(error, shape), cause)
