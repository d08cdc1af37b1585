"""POST /audit/scheduledaudits/{scheduledAuditName}: CreateScheduledAudit."""

from typing import ClassVar

from aiohttp import web

from events.errors import AlreadyExists, LimitExceeded
from events.identifiers import scheduled_audit_arn
from events.scheduled_audit import Schedule, ScheduledAudit
from events.vocabulary import AuditFrequency, DayOfWeek
from service.call import Call
from service.wire.answer import json_response
from service.wire.answered import ScheduledAuditArn
from service.wire.members import AuditCheckNames, DayOfMonth, ScheduledAuditName, TagList, as_mapping
from service.wire.request import Enumerated, Request


class CreateScheduledAuditRequest(Request):
    """The audit, how often it takes place, and of which checks."""

    answer: ClassVar = ScheduledAuditArn
    refusals: ClassVar = (
        AlreadyExists,
        LimitExceeded,
    )

    scheduled_audit_name: ScheduledAuditName
    frequency: Enumerated[AuditFrequency]
    day_of_month: DayOfMonth | None = None
    day_of_week: Enumerated[DayOfWeek] | None = None
    target_check_names: AuditCheckNames
    tags: TagList | None = None

    def scheduled_audit(self) -> ScheduledAudit:
        """The same in the words of the domain; refused where the frequency lacks its day."""
        return ScheduledAudit(
            self.scheduled_audit_name,
            Schedule.of(self.frequency, self.day_of_month, self.day_of_week),
            tuple(dict.fromkeys(self.target_check_names)),
            as_mapping(self.tags),
        )


async def create_scheduled_audit(call: Call[CreateScheduledAuditRequest]) -> web.Response:
    """Add a scheduled audit. The identical request again is answered like the first."""
    await call.outcome(call.application.create_scheduled_audit(call.request.scheduled_audit(), call.cause()))
    arn = scheduled_audit_arn(call.region, call.account, call.request.scheduled_audit_name)
    return json_response({"scheduledAuditArn": arn})
