"""GET /audit/scheduledaudits/{scheduledAuditName}: DescribeScheduledAudit."""

from typing import ClassVar

from aiohttp import web

from events.errors import NotFound
from events.identifiers import scheduled_audit_arn
from service.call import Call
from service.wire.answer import json_response
from service.wire.answered import ListedScheduledAudit
from service.wire.members import ScheduledAuditName
from service.wire.rendering import scheduled_audit
from service.wire.request import Request


class DescribedScheduledAudit(ListedScheduledAudit):
    """A scheduled audit."""

    target_check_names: list[str]
    """In alphabetical order."""


class DescribeScheduledAuditRequest(Request):
    """Which one."""

    answer: ClassVar = DescribedScheduledAudit
    refusals: ClassVar = (NotFound,)

    scheduled_audit_name: ScheduledAuditName


async def describe_scheduled_audit(call: Call[DescribeScheduledAuditRequest]) -> web.Response:
    """Answer with one scheduled audit, its checks in alphabetical order."""
    name = call.request.scheduled_audit_name
    audit = call.read_models.scheduled_audits.describe(call.account, name)
    if audit is None:
        raise NotFound(f"There is no scheduled audit named {name}.")
    arn = scheduled_audit_arn(call.region, call.account, name)
    return json_response({**scheduled_audit(audit, arn), "targetCheckNames": sorted(audit.check_names)})
