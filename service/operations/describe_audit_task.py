"""GET /audit/tasks/{taskId}: DescribeAuditTask."""

from typing import ClassVar

from aiohttp import web

from events.errors import NotFound
from events.vocabulary import TaskId
from service.call import Call
from service.operations.retained_period import ended_within_retention
from service.wire.answer import json_response
from service.wire.answered import Task
from service.wire.members import AuditTaskId
from service.wire.rendering import audit_task
from service.wire.request import Request


class DescribeAuditTaskRequest(Request):
    """Which one."""

    answer: ClassVar = Task
    refusals: ClassVar = (NotFound,)

    task_id: AuditTaskId


async def describe_audit_task(call: Call[DescribeAuditTaskRequest]) -> web.Response:
    """Answer with one audit: where it stands, and where each of its checks stands."""
    task = call.read_models.audit_tasks.describe(call.account, TaskId(call.request.task_id))
    if task is None or not ended_within_retention(call.services.settings, call.now, task.ended_at):
        raise NotFound("There is no audit task with this taskId.")
    return json_response(audit_task(task))
