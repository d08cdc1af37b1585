"""The commands about notifications. `events/audit_end.py` has what wants them: the end of an audit."""

from concurrent.futures import Future

from events.audit_account import AuditAccount
from events.audit_notification import AuditNotification, NotificationChannel
from events.committer import Committed, Committer, Unit
from events.event import Cause
from events.identifiers import audit_account_id, audit_notification_id
from events.vocabulary import TaskId


class Notifications:
    """Carries out the commands. The future of each has its result when that is in the log."""

    def __init__(self, committer: Committer) -> None:
        self._committer = committer

    def set_webhook(self, *, is_set: bool, cause: Cause) -> Future[Committed[None]]:
        """Note whether audits that end from now on are announced to a webhook. As it was: nothing changes."""
        return self._committer.submit(
            lambda unit: unit.get(AuditAccount, audit_account_id(cause.account)).set_webhook(is_set, cause)
        )

    def record_notification_delivery(
        self, task_id: TaskId, channel: NotificationChannel, receipt: str, attempts: int, cause: Cause
    ) -> Future[Committed[None]]:
        """Note that the receiver has the message."""
        return self._committer.submit(
            lambda unit: notification_of(unit, task_id, channel, cause).record_delivery(receipt, attempts, cause)
        )

    def give_up_notification(
        self, task_id: TaskId, channel: NotificationChannel, reason: str, attempts: int, cause: Cause
    ) -> Future[Committed[None]]:
        """Note that no more is tried."""
        return self._committer.submit(
            lambda unit: notification_of(unit, task_id, channel, cause).give_up(reason, attempts, cause)
        )

    def retry_notification(
        self, task_id: TaskId, channel: NotificationChannel, cause: Cause
    ) -> Future[Committed[bool]]:
        """Send one that was given up after all; the future has False when it was not."""
        return self._committer.submit(lambda unit: notification_of(unit, task_id, channel, cause).retry(cause))


def notification_of(unit: Unit, task_id: TaskId, channel: NotificationChannel, cause: Cause) -> AuditNotification:
    """The notification of an audit's end over a channel."""
    return unit.get(AuditNotification, audit_notification_id(cause.account, task_id, channel))
