"""GET /fleet-audit/history: who did what, and what changed by it.

No operation of AWS's, where CloudTrail tells of calls, and not of what they changed. docs/history.md has the rest.
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from aiohttp import web
from pydantic import Field

from projections.history import HistoryEntry, HistoryFilter
from service.call import Call
from service.wire.answer import json_response, present
from service.wire.answered import Answered, EpochSeconds, ListAnswer
from service.wire.listing import ListRequest
from service.wire.members import AuditTaskId, BooleanInQuery, ScheduledAuditName
from service.wire.request import Request
from service.wire.timestamps import EndInQuery, StartInQuery, epoch_seconds

PATH = "/fleet-audit/history"

Plain = Annotated[str, Field(min_length=1, max_length=128, pattern="^[\\x21-\\x7e]+$")]
Kind = Annotated[str, Field(min_length=1, max_length=64, pattern="^[A-Za-z0-9.]+$")]
StreamId = Annotated[str, Field(pattern="^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


class Changed(Answered):
    """What one setting was, and is."""

    member: str
    from_: Any = Field(default=None, alias="from")
    """Absent when it was not set."""
    to: Any = None
    """Absent when it is set no more."""


class HistoryEvent(Answered):
    """One thing that happened."""

    position: int
    """Its place in the log."""
    time: EpochSeconds
    actor: str
    """An access key id, or which part of the service."""
    request_id: str
    """Of the HTTP request that began it all; empty when there was none."""
    kind: str
    stream: str
    version: int
    event_id: str
    task_id: str | None = None
    scheduled_audit_name: str | None = None
    check_names: list[str]
    sentence: str
    """In plain words, without the one who did it."""
    changes: list[Changed]


class HistoryAnswer(ListAnswer):
    """What happened, newest first unless asked otherwise."""

    history: list[HistoryEvent]


class HistoryPart(Request):
    """Which part of it."""

    start_time: StartInQuery | None = None
    end_time: EndInQuery | None = None
    stream: StreamId | None = None
    kind: Kind | None = None
    """A topic such as `AuditAccount.ChecksDisabled.v1`, or its beginning."""
    actor: Plain | None = None
    task_id: AuditTaskId | None = None
    scheduled_audit_name: ScheduledAuditName | None = None
    check_name: Plain | None = None
    oldest_first: BooleanInQuery | None = None

    def wanted(self, up_to: int | None = None) -> HistoryFilter:
        """The same as the projection has it, up to a position."""
        return HistoryFilter(
            self.start_time,
            self.end_time,
            self.stream,
            self.kind,
            self.actor,
            self.task_id,
            self.scheduled_audit_name,
            self.check_name,
            up_to,
        )


class ListHistoryRequest(HistoryPart, ListRequest):
    """Which part of it, page by page."""

    answer: ClassVar = HistoryAnswer

    order = (int, int)


async def list_history(call: Call[ListHistoryRequest]) -> web.Response:
    """Answer with what happened in the account: every command, and what the service did by itself."""
    asked = call.request
    found = await call.listed(
        call.services.read_models.history.list,
        call.account,
        asked.wanted(),
        asked.page(call.account),
        oldest_first=bool(asked.oldest_first),
    )
    return json_response(
        {
            "history": [rendered(each) for each in found.rows],
            "nextToken": asked.token_after(found, call.account),
        }
    )


def rendered(entry: HistoryEntry) -> Mapping[str, Any]:
    """An entry as it is answered."""
    return present(
        {
            "position": entry.position,
            "time": epoch_seconds(entry.recorded_at),
            "actor": entry.actor,
            "requestId": entry.request_id,
            "kind": entry.kind,
            "stream": entry.stream,
            "version": entry.version,
            "eventId": entry.event_id,
            "taskId": entry.task_id,
            "scheduledAuditName": entry.scheduled_audit_name,
            "checkNames": entry.check_names,
            "sentence": entry.sentence,
            "changes": [
                present({"member": each.member, "from": each.before, "to": each.after}) for each in entry.changes
            ],
        }
    )
