"""GET /audit/scheduledaudits: ListScheduledAudits."""

from typing import ClassVar

from aiohttp import web

from events.identifiers import scheduled_audit_arn
from service.call import Call
from service.wire.answer import json_response
from service.wire.answered import ListAnswer, ListedScheduledAudit
from service.wire.listing import ListRequest
from service.wire.rendering import scheduled_audit


class ScheduledAudits(ListAnswer):
    """Scheduled audits by name."""

    scheduled_audits: list[ListedScheduledAudit]


class ListScheduledAuditsRequest(ListRequest):
    """Which page."""

    answer: ClassVar = ScheduledAudits

    order = (str,)


async def list_scheduled_audits(call: Call[ListScheduledAuditsRequest]) -> web.Response:
    """Answer with the scheduled audits by name."""
    asked = call.request
    audits = await call.listed(call.read_models.scheduled_audits.list, call.account, asked.page(call.account))
    return json_response(
        {
            "scheduledAudits": [
                scheduled_audit(audit, scheduled_audit_arn(call.region, call.account, audit.name))
                for audit in audits.rows
            ],
            "nextToken": asked.token_after(audits, call.account),
        }
    )
