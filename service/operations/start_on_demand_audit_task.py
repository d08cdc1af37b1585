"""POST /audit/tasks: StartOnDemandAuditTask."""

from typing import ClassVar

from aiohttp import web

from events.errors import LimitExceeded
from service.call import Call
from service.wire.answer import json_response
from service.wire.answered import Answered
from service.wire.members import AuditCheckNames
from service.wire.request import Request


class StartedTask(Answered):
    """The audit that has begun."""

    task_id: str


class StartOnDemandAuditTaskRequest(Request):
    """Of which checks."""

    answer: ClassVar = StartedTask
    refusals: ClassVar = (LimitExceeded,)

    target_check_names: AuditCheckNames


async def start_on_demand_audit_task(call: Call[StartOnDemandAuditTaskRequest]) -> web.Response:
    """Start an audit now. Refused for a check that is not enabled, and while ten are running."""
    task_id = call.new_task_id
    await call.outcome(
        call.application.start_on_demand_audit_task(task_id, call.request.target_check_names, call.cause())
    )
    return json_response({"taskId": task_id})
