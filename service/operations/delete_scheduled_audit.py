"""DELETE /audit/scheduledaudits/{scheduledAuditName}: DeleteScheduledAudit."""

from typing import ClassVar

from aiohttp import web

from events.errors import NotFound
from service.call import Call
from service.wire.answer import json_response
from service.wire.answered import NoMembers
from service.wire.members import ScheduledAuditName
from service.wire.request import Request


class DeleteScheduledAuditRequest(Request):
    """Which one."""

    answer: ClassVar = NoMembers
    refusals: ClassVar = (NotFound,)

    scheduled_audit_name: ScheduledAuditName


async def delete_scheduled_audit(call: Call[DeleteScheduledAuditRequest]) -> web.Response:
    """Delete a scheduled audit. Deleting it twice is refused, as with AWS."""
    await call.outcome(call.application.delete_scheduled_audit(call.request.scheduled_audit_name, call.cause()))
    return json_response({})
