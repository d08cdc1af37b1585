"""Takes questions about the past to where they are answered: the one place where that is decided."""

import asyncio

from aiohttp import web
from aiohttp.typedefs import Handler

from events.errors import InvalidRequest, StoreUnavailable
from service.access.caller import CALLER
from service.as_of.moment import HEADER, MOMENT, POSITION_HEADER
from service.as_of.scopes import OPERATIONS, SCOPES
from service.call import LISTS, AsOf
from service.services import SERVICES
from service.wire.listing import ListRequest
from service.wire.request import Request

PATIENCE = 10.0
"""Seconds in which the read models, which know of every audit, have to come as far as the moment."""

REPLAYS_AT_ONCE = 2
"""So that questions about the past never take all the threads that lists are read by."""

REPLAYING = web.AppKey("replaying", asyncio.Semaphore)


@web.middleware
async def as_of(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Find the moment that a request is about; refuse one that is about the past and is no question."""
    given = request.headers.getall(HEADER, [])
    operation = request.match_info.route.name
    if not given or operation is None:
        return await handler(request)
    if operation not in OPERATIONS:
        raise InvalidRequest(
            f"{HEADER} is for the operations of the Audit API that describe and list. {operation} is none of "
            "them: the past can't be changed."
        )
    services = request.app[SERVICES]
    moment = services.past.moment(given)
    if not await services.progress.passed(moment.position, PATIENCE):
        raise StoreUnavailable(f"The read models have not come to position {moment.position} yet.")
    request[MOMENT] = moment
    return await handler(request)


async def past_of(request: web.Request, asked: Request) -> AsOf | None:
    """What to answer from; None for the present."""
    moment = request.get(MOMENT)
    if moment is None:
        return None
    if isinstance(asked, ListRequest):
        asked.list_as_of(moment.position)
    account, past = request[CALLER].account, request.app[SERVICES].past
    scope = SCOPES[type(asked)](asked)
    answers = past.kept(account, moment, scope)
    if answers is None:
        loop = asyncio.get_running_loop()
        async with request.app[REPLAYING]:
            answers = await loop.run_in_executor(request.app[LISTS], past.answers, account, moment, scope)
    return AsOf(moment, answers)


async def told(request: web.Request, response: web.StreamResponse) -> None:
    """Say in an answer up to where it knows, also where that is an error. For `on_response_prepare`."""
    moment = request.get(MOMENT)
    if moment is not None:
        response.headers[POSITION_HEADER] = str(moment.position)


def prepare(app: web.Application) -> None:
    """Let an application answer questions about the past; `as_of` is the innermost of its middlewares."""
    app[REPLAYING] = asyncio.Semaphore(REPLAYS_AT_ONCE)
    app.on_response_prepare.append(told)
