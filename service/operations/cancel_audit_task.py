"""PUT /audit/tasks/{taskId}/cancel: CancelAuditTask."""

from typing import ClassVar

from aiohttp import web

from events.errors import NotFound
from events.vocabulary import TaskId
from service.call import Call
from service.wire.answer import json_response
from service.wire.answered import NoMembers
from service.wire.members import AuditTaskId
from service.wire.request import Request


class CancelAuditTaskRequest(Request):
    """Which one."""

    answer: ClassVar = NoMembers
    refusals: ClassVar = (NotFound,)

    task_id: AuditTaskId


async def cancel_audit_task(call: Call[CancelAuditTaskRequest]) -> web.Response:
    """Cancel an audit that is in progress, on demand or scheduled."""
    await call.outcome(call.application.cancel_audit_task(TaskId(call.request.task_id), call.cause()))
    return json_response({})
