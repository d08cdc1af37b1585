"""A history in which ends of audits are announced, too."""

from typing import Any, TypeVar

from events import audit_notification as notifications
from events.audit_account_events import AuditWebhookSwitched
from events.audit_notification import NotificationChannel
from events.event import Event
from events.identifiers import audit_notification_id
from events.vocabulary import TaskId
from tests.support.events import ROLE_ARN, TARGET, History, task_id

E = TypeVar("E", bound=Event)


class NotificationHistory(History):
    """Each method adds an event, as those of `History` do."""

    def webhook_switched(self, *, is_set: bool) -> AuditWebhookSwitched:
        return self._account(AuditWebhookSwitched, is_set=is_set)

    def notification_requested(
        self, task: TaskId | None = None, channel: NotificationChannel = NotificationChannel.SNS
    ) -> notifications.AuditNotificationRequested:
        is_sns = channel is NotificationChannel.SNS
        arns = (TARGET.target_arn, ROLE_ARN) if is_sns else ("", "")
        return self._notification(
            notifications.AuditNotificationRequested, task, channel, target_arn=arns[0], role_arn=arns[1]
        )

    def notification_delivered(
        self, task: TaskId | None = None, channel: NotificationChannel = NotificationChannel.SNS
    ) -> notifications.AuditNotificationDelivered:
        return self._notification(
            notifications.AuditNotificationDelivered, task, channel, receipt="message-1", attempts=2
        )

    def notification_given_up(
        self, task: TaskId | None = None, channel: NotificationChannel = NotificationChannel.SNS
    ) -> notifications.AuditNotificationGivenUp:
        return self._notification(
            notifications.AuditNotificationGivenUp, task, channel, reason="It is dead.", attempts=57
        )

    def notification_retried(
        self, task: TaskId | None = None, channel: NotificationChannel = NotificationChannel.SNS
    ) -> notifications.AuditNotificationRetried:
        return self._notification(notifications.AuditNotificationRetried, task, channel)

    def _notification(
        self, event_class: type[E], task: TaskId | None, channel: NotificationChannel, **facts: Any
    ) -> E:
        task = task or task_id()
        stream_id = audit_notification_id(self.account, task, channel)
        return self.add(event_class, stream_id, task_id=task, channel=channel, **facts)
