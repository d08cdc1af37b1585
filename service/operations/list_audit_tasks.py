"""GET /audit/tasks: ListAuditTasks."""

from typing import ClassVar

from aiohttp import web

from events.vocabulary import AuditTaskStatus, AuditTaskType
from service.call import Call
from service.operations.retained_period import require_retained
from service.wire.answer import json_response
from service.wire.answered import ListAnswer, ListedTask
from service.wire.listing import ListRequest
from service.wire.rendering import audit_task_metadata
from service.wire.request import Enumerated
from service.wire.timestamps import EndInQuery, StartInQuery


class Tasks(ListAnswer):
    """Audits, newest first."""

    tasks: list[ListedTask]


class ListAuditTasksRequest(ListRequest):
    """The time in which the audits began, both ends included, and filters."""

    answer: ClassVar = Tasks

    order = (int, str)

    start_time: StartInQuery
    end_time: EndInQuery
    task_type: Enumerated[AuditTaskType] | None = None
    task_status: Enumerated[AuditTaskStatus] | None = None


async def list_audit_tasks(call: Call[ListAuditTasksRequest]) -> web.Response:
    """Answer with the audits of a time, newest first."""
    asked = call.request
    require_retained(call, asked.start_time, asked.end_time)
    tasks = await call.listed(
        call.read_models.audit_tasks.list,
        call.account,
        asked.start_time,
        asked.end_time,
        asked.task_type,
        asked.task_status,
        asked.page(call.account),
    )
    return json_response(
        {
            "tasks": [audit_task_metadata(task) for task in tasks.rows],
            "nextToken": asked.token_after(tasks, call.account),
        }
    )
