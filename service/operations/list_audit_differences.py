"""GET /fleet-audit/tasks/{taskId}/diff: what differs between an audit and an earlier one.

No operation of AWS's, whose audits know nothing of one another. docs/history.md has the rest.
"""

from datetime import timedelta
from typing import ClassVar

from aiohttp import web

from events.clock import epoch_milliseconds
from events.errors import NotFound
from events.vocabulary import CheckName, TaskId
from projections.audit_differences import DifferenceStatus
from service.call import Call
from service.differences.causes import Cause
from service.differences.differences import Differences, Wanted
from service.wire.answer import json_response
from service.wire.answered import Answered, EpochSeconds, Finding, ListAnswer
from service.wire.listing import ListRequest
from service.wire.members import AuditTaskId
from service.wire.request import Enumerated

PATH = "/fleet-audit/tasks/{taskId}/diff"


class Sighting(Answered):
    """An audit that made a finding, and when."""

    task_id: str
    """It may be retained no longer."""
    time: EpochSeconds


class DifferenceAnswered(Answered):
    """What became of one finding from the earlier audit to the later one."""

    status: DifferenceStatus
    cause: Cause | None = None
    """Absent when it can't be told."""
    first_seen: Sighting | None = None
    last_seen: Sighting | None = None
    since_finding_id: str | None = None
    """What the earlier audit calls a finding that is in both."""
    finding: Finding
    """As the later audit has it; of a resolved one, as the earlier audit had it."""


class CheckCompared(Answered):
    """What became of the findings of a check, in numbers."""

    is_comparable: bool
    """False when it was not done in both audits. Then nothing is said of its findings."""
    reason: str | None = None
    """Why it can't be compared."""
    new_findings: int | None = None
    resolved_findings: int | None = None
    unchanged_findings: int | None = None
    causes: dict[Cause, int] | None = None
    """How many of the new and the resolved ones have which cause, as far as it can be told."""
    not_judged_resources: int | None = None
    """Resources that the later audit could not judge. Their findings look resolved, without a cause."""


class ListAuditDifferencesAnswer(ListAnswer):
    """Differences by check, resource and reason."""

    task_id: str
    task_start_time: EpochSeconds
    since_task_id: str
    since_task_start_time: EpochSeconds
    checks: dict[str, CheckCompared] | None = None
    """Every check of the two audits. In the first page only."""
    differences: list[DifferenceAnswered]


class ListAuditDifferencesRequest(ListRequest):
    """An audit that has ended, and an earlier one; and filters."""

    answer: ClassVar = ListAuditDifferencesAnswer
    refusals: ClassVar = (NotFound,)

    order = (str, str, str)

    task_id: AuditTaskId
    since: AuditTaskId | None = None
    """Without it, the completed audit before it of the same schedule; on demand, of the same checks."""
    check_name: CheckName | None = None
    status: Enumerated[DifferenceStatus] | None = None


async def list_audit_differences(call: Call[ListAuditDifferencesRequest]) -> web.Response:
    """Answer with what is new, resolved and unchanged."""
    asked = call.request
    if asked.check_name is not None:
        call.services.catalogue.require_known([asked.check_name])
    since = None if asked.since is None else TaskId(asked.since)
    wanted = Wanted(TaskId(asked.task_id), since, asked.check_name, asked.status)
    retention = timedelta(days=call.services.settings.retention_days)
    answer, shown = await call.listed(
        Differences(call.services.read_models, call.services.inventory, call.services.registry).answer,
        call.account,
        wanted,
        asked.page(call.account),
        retained_after=epoch_milliseconds(call.services.clock.now() - retention),
    )
    return json_response({**answer, "nextToken": asked.token_after(shown, call.account)})
