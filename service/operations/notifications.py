"""GET /fleet-audit/notifications and POST /fleet-audit/notifications/retry: what was announced of audits' ends.

No operations of AWS's, which tells nobody what it could not deliver. docs/notifications.md has the rest.
"""

import asyncio
from typing import Any, ClassVar

from aiohttp import web

from events.audit_notification import NotificationChannel, NotificationStatus
from events.vocabulary import TaskId
from projections.audit_notifications import NotificationView
from projections.paging import Page
from service.call import Call
from service.wire.answer import json_response, present
from service.wire.answered import Answered, EpochSeconds, ListAnswer
from service.wire.listing import ListRequest
from service.wire.members import AuditTaskId
from service.wire.request import Enumerated, Request
from service.wire.timestamps import epoch_seconds
from workers.notifying.pending import Tried

LIST = "/fleet-audit/notifications"
RETRY = "/fleet-audit/notifications/retry"

AT_ONCE = 100
"""Notifications that are retried in one group of commands."""


class Notification(Answered):
    """The announcement of one audit's end over one channel."""

    task_id: str
    channel: NotificationChannel
    status: NotificationStatus
    requested_at: EpochSeconds
    target_arn: str | None = None
    """Of the SNS topic."""
    ended_at: EpochSeconds | None = None
    """When it was delivered or given up."""
    attempts: int | None = None
    reason: str | None = None
    """Why it was given up, or why the last attempt failed."""
    next_attempt_at: EpochSeconds | None = None
    """When it is tried again."""


class Notifications(ListAnswer):
    """Notifications, those of the audits that ended last first."""

    notifications: list[Notification]


class ListNotificationsRequest(ListRequest):
    """Which ones."""

    answer: ClassVar = Notifications

    order = (int, str, str)

    status: Enumerated[NotificationStatus] | None = None


class RetriedNotification(Answered):
    """A notification that is sent after all."""

    task_id: str
    channel: NotificationChannel


class RetriedNotifications(Answered):
    """What is sent after all."""

    retried: list[RetriedNotification]


class RetryNotificationsRequest(Request):
    """Of which audit; of all when none is named."""

    answer: ClassVar = RetriedNotifications

    task_id: AuditTaskId | None = None


async def list_notifications(call: Call[ListNotificationsRequest]) -> web.Response:
    """Answer with the notifications, those of the audits that ended last first."""
    asked = call.request
    found = await call.listed(
        call.services.read_models.audit_notifications.list, call.account, asked.status, asked.page(call.account)
    )
    waiting = [each.task_id for each in found.rows if each.status is NotificationStatus.PENDING]
    tried = await call.listed(call.services.pending.tried, call.account, waiting)
    return json_response(
        {
            "notifications": [_notification(each, tried.get((each.task_id, each.channel))) for each in found.rows],
            "nextToken": asked.token_after(found, call.account),
        }
    )


async def retry_notifications(call: Call[RetryNotificationsRequest]) -> web.Response:
    """Let those that were given up be sent after all, and answer with which these are."""
    retried: list[dict[str, str]] = []
    page: Page | None = Page(AT_ONCE)
    while page is not None:
        found = await call.listed(
            call.services.read_models.audit_notifications.list, call.account, NotificationStatus.FAILED, page
        )
        wanted = [each for each in found.rows if call.request.task_id in {None, each.task_id}]
        commands = [
            call.application.notifications.retry_notification(TaskId(each.task_id), each.channel, call.cause())
            for each in wanted
        ]
        outcomes = await asyncio.gather(*(call.outcome(command) for command in commands))
        retried += [
            {"taskId": each.task_id, "channel": each.channel.value}
            for each, was_given_up in zip(wanted, outcomes, strict=True)
            if was_given_up
        ]
        page = None if found.next is None else Page(AT_ONCE, found.next)
    return json_response({"retried": retried})


def _notification(view: NotificationView, tried: Tried | None) -> dict[str, Any]:
    if tried is not None and view.status is NotificationStatus.PENDING:
        so_far = {
            "attempts": tried.attempts,
            "reason": tried.failure,
            "nextAttemptAt": epoch_seconds(tried.due_at),
        }
    else:
        so_far = {"attempts": view.attempts, "reason": view.reason}
    return present(
        {
            "taskId": view.task_id,
            "channel": view.channel,
            "status": view.status,
            "requestedAt": epoch_seconds(view.requested_at),
            "targetArn": view.target_arn or None,
            "endedAt": None if view.ended_at is None else epoch_seconds(view.ended_at),
        }
        | so_far
    )
