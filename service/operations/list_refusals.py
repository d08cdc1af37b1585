"""GET /fleet-audit/refusals: commands that were refused lately, and so are no history."""

from typing import ClassVar

from aiohttp import web

from service.call import Call
from service.operations.list_history import Plain
from service.wire.answer import json_response
from service.wire.answered import Answered, EpochSeconds, ListAnswer
from service.wire.listing import ListRequest
from service.wire.timestamps import EndInQuery, StartInQuery, epoch_seconds

PATH = "/fleet-audit/refusals"

END_OF_TIME = 2**62


class Refused(Answered):
    """A command that changed nothing."""

    time: EpochSeconds
    request_id: str
    actor: str
    operation: str
    error: str
    message: str


class RefusalsAnswer(ListAnswer):
    """Refused commands, newest first."""

    refusals: list[Refused]


class ListRefusalsRequest(ListRequest):
    """Of when, and of whom."""

    answer: ClassVar = RefusalsAnswer

    order = (int, str)

    start_time: StartInQuery | None = None
    end_time: EndInQuery | None = None
    actor: Plain | None = None


async def list_refusals(call: Call[ListRefusalsRequest]) -> web.Response:
    """Answer with commands that were refused: the last 10,000 of the account, as far as they are not lost."""
    asked = call.request
    start = 0 if asked.start_time is None else asked.start_time
    end = END_OF_TIME if asked.end_time is None else asked.end_time
    found = await call.listed(
        call.services.refusals.list, call.account, start, end, asked.actor, asked.page(call.account)
    )
    return json_response(
        {
            "refusals": [
                {
                    "time": epoch_seconds(each.refused_at),
                    "requestId": each.request_id,
                    "actor": each.actor,
                    "operation": each.operation,
                    "error": each.error,
                    "message": each.message,
                }
                for each in found.rows
            ],
            "nextToken": asked.token_after(found, call.account),
        }
    )
