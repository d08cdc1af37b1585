"""The announcement of an audit's end to one receiver: wanted, then delivered or given up, then perhaps retried.

A stream of its own for each audit and channel. Its id is also the identity of the message: whoever gets it twice
sees that. It is begun in the transaction in which the audit ends, with the target that was set then, so that the
log alone says what has to be sent. What was tried in between is nobody's truth and stands in no event.
"""

from enum import StrEnum

from events.event import Aggregate, Cause, Event
from events.vocabulary import TaskId


class NotificationChannel(StrEnum):
    """How the end of an audit is announced."""

    SNS = "SNS"
    WEBHOOK = "WEBHOOK"


class NotificationStatus(StrEnum):
    """Where a notification stands."""

    PENDING = "PENDING"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"


class AuditNotification(Aggregate):
    """Decides what may become of a notification. What comes twice changes nothing."""

    task_id: TaskId
    channel: NotificationChannel
    status: NotificationStatus | None

    def begin(self) -> None:
        """Start as a notification that nobody has asked for."""
        self.status = None

    def request(
        self, task_id: TaskId, channel: NotificationChannel, target_arn: str, role_arn: str, cause: Cause
    ) -> None:
        """Want it to be sent. The ARNs are those of the SNS target, and empty for a webhook."""
        if self.status is None:
            self.trigger(
                AuditNotificationRequested,
                cause,
                task_id=task_id,
                channel=channel,
                target_arn=target_arn,
                role_arn=role_arn,
            )

    def record_delivery(self, receipt: str, attempts: int, cause: Cause) -> None:
        """Note that the receiver has taken it, also when it had been given up meanwhile."""
        if self.status in {NotificationStatus.PENDING, NotificationStatus.FAILED}:
            self._end(AuditNotificationDelivered, cause, receipt=receipt, attempts=attempts)

    def give_up(self, reason: str, attempts: int, cause: Cause) -> None:
        """Note that it is sent no more, and why."""
        if self.status is NotificationStatus.PENDING:
            self._end(AuditNotificationGivenUp, cause, reason=reason, attempts=attempts)

    def retry(self, cause: Cause) -> bool:
        """Want one that was given up to be sent after all; False for any other."""
        if self.status is not NotificationStatus.FAILED:
            return False
        self._end(AuditNotificationRetried, cause)
        return True

    def _end(self, event_class: type[Event], cause: Cause, **facts: object) -> None:
        self.trigger(event_class, cause, task_id=self.task_id, channel=self.channel, **facts)


class AuditNotificationRequested(Event):
    """An audit has ended, and that is to be announced."""

    TOPIC = "AuditNotification.Requested.v1"
    task_id: TaskId
    channel: NotificationChannel
    target_arn: str
    role_arn: str

    def apply(self, notification: AuditNotification) -> None:
        notification.task_id = self.task_id
        notification.channel = self.channel
        notification.status = NotificationStatus.PENDING


class AuditNotificationDelivered(Event):
    """The receiver has taken the message."""

    TOPIC = "AuditNotification.Delivered.v1"
    task_id: TaskId
    channel: NotificationChannel
    receipt: str
    """What the receiver said: SNS's id of the message, or a webhook's HTTP status."""
    attempts: int

    def apply(self, notification: AuditNotification) -> None:
        notification.status = NotificationStatus.DELIVERED


class AuditNotificationGivenUp(Event):
    """The receiver did not take the message for hours."""

    TOPIC = "AuditNotification.GivenUp.v1"
    task_id: TaskId
    channel: NotificationChannel
    reason: str
    """Why the last attempt failed, for a person."""
    attempts: int

    def apply(self, notification: AuditNotification) -> None:
        notification.status = NotificationStatus.FAILED


class AuditNotificationRetried(Event):
    """Somebody wants a message to be sent that was given up."""

    TOPIC = "AuditNotification.Retried.v1"
    task_id: TaskId
    channel: NotificationChannel

    def apply(self, notification: AuditNotification) -> None:
        notification.status = NotificationStatus.PENDING
