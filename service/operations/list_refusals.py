"""GET /fleet-audit/refusals: commands that were refused lately, and so are no history."""

from collections.abc import Mapping
from typing import Any, ClassVar

from aiohttp import web

from service.call import Call
from service.operations.list_history import Plain
from service.refusal_log import RefusedCommand
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

    @property
    def bounds(self) -> tuple[int, int]:
        """From when to when, in epoch milliseconds."""
        start, end = self.start_time, self.end_time
        return 0 if start is None else start, END_OF_TIME if end is None else end


async def list_refusals(call: Call[ListRefusalsRequest]) -> web.Response:
    """Answer with commands that were refused: the last 10,000 of the account, as far as they are not lost."""
    asked = call.request
    found = await call.listed(
        call.services.refusals.list, call.account, *asked.bounds, asked.actor, asked.page(call.account)
    )
    return json_response(
        {
            "refusals": [shown(each) for each in found.rows],
            "nextToken": asked.token_after(found, call.account),
        }
    )


def shown(refused: RefusedCommand) -> Mapping[str, Any]:
    """A refused command as it is answered."""
    return {
        "time": epoch_seconds(refused.refused_at),
        "requestId": refused.request_id,
        "actor": refused.actor,
        "operation": refused.operation,
        "error": refused.error,
        "message": refused.message,
    }
