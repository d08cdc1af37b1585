"""PATCH /audit/scheduledaudits/{scheduledAuditName}: UpdateScheduledAudit."""

from typing import ClassVar

from aiohttp import web

from events.errors import NotFound
from events.identifiers import scheduled_audit_arn
from events.vocabulary import AuditFrequency, CheckName, DayOfWeek
from service.call import Call
from service.wire.answer import json_response, present
from service.wire.answered import ScheduledAuditArn
from service.wire.members import AuditCheckNames, DayOfMonth, ScheduledAuditName
from service.wire.request import Enumerated, Request


class UpdateScheduledAuditRequest(Request):
    """What to change; what is not named stays as it is."""

    answer: ClassVar = ScheduledAuditArn
    refusals: ClassVar = (NotFound,)

    scheduled_audit_name: ScheduledAuditName
    frequency: Enumerated[AuditFrequency] | None = None
    day_of_month: DayOfMonth | None = None
    day_of_week: Enumerated[DayOfWeek] | None = None
    target_check_names: AuditCheckNames | None = None

    def schedule(self) -> dict[str, str]:
        """The members of the schedule that change."""
        return present(
            {
                "frequency": self.frequency,
                "day_of_month": self.day_of_month,
                "day_of_week": self.day_of_week,
            }
        )

    def check_names(self) -> list[CheckName] | None:
        """The checks from now on, each once; None when they stay."""
        return list(dict.fromkeys(self.target_check_names)) if self.target_check_names is not None else None


async def update_scheduled_audit(call: Call[UpdateScheduledAuditRequest]) -> web.Response:
    """Change the members that are given."""
    asked = call.request
    await call.outcome(
        call.application.update_scheduled_audit(
            asked.scheduled_audit_name, asked.schedule(), asked.check_names(), call.cause()
        )
    )
    arn = scheduled_audit_arn(call.region, call.account, asked.scheduled_audit_name)
    return json_response({"scheduledAuditArn": arn})
