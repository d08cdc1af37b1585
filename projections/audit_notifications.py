"""The announcements of audits' ends, and what became of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from events.audit_archive import AuditTaskArchived
from events.audit_notification import (
    AuditNotificationDelivered,
    AuditNotificationGivenUp,
    AuditNotificationRequested,
    AuditNotificationRetried,
    NotificationChannel,
    NotificationStatus,
)
from events.clock import epoch_milliseconds
from events.event import Event
from events.store.database import Row, Transaction
from events.vocabulary import AccountId, TaskId
from projections.paging import Keyset, Page, Slice, rows_needed
from projections.projection import Handler, Projection


@dataclass(frozen=True, slots=True)
class NotificationView:
    """One notification."""

    task_id: TaskId
    channel: NotificationChannel
    status: NotificationStatus
    requested_at: int
    """Epoch milliseconds: when the audit ended."""
    target_arn: str
    """Of the SNS topic; empty for a webhook."""
    ended_at: int | None
    """Epoch milliseconds: when it was delivered or given up."""
    attempts: int | None
    """How many that took."""
    reason: str | None
    """Why it was given up."""


class AuditNotifications(Projection):
    """Answers which notifications there are, and which were given up."""

    name = "audit_notifications"
    version = 2
    tables: ClassVar = {
        "audit_notifications": (
            """
            CREATE TABLE audit_notifications (
                account TEXT NOT NULL,
                task_id TEXT NOT NULL,
                channel TEXT NOT NULL,
                status TEXT NOT NULL,
                requested_at BIGINT NOT NULL,
                target_arn TEXT NOT NULL,
                ended_at BIGINT,
                attempts BIGINT,
                reason TEXT,
                PRIMARY KEY (account, task_id, channel)
            )
            """,
            (
                "CREATE INDEX audit_notifications_by_time"
                " ON audit_notifications (account, requested_at, task_id, channel)"
            ),
            (
                "CREATE INDEX audit_notifications_by_status"
                " ON audit_notifications (account, status, requested_at, task_id, channel)"
            ),
        )
    }

    def requested(self, rows: Transaction, event: AuditNotificationRequested) -> None:
        """Add a notification. One that is there already has come further since."""
        requested_at = epoch_milliseconds(event.timestamp)
        status = NotificationStatus.PENDING.value
        row = (event.account, event.task_id, event.channel.value, status, requested_at, event.target_arn)
        rows.execute(INSERT, row)

    def delivered(self, rows: Transaction, event: AuditNotificationDelivered) -> None:
        """Note that the receiver has it."""
        self._set(rows, event, NotificationStatus.DELIVERED, event.attempts, None)

    def given_up(self, rows: Transaction, event: AuditNotificationGivenUp) -> None:
        """Note that it is sent no more, and why."""
        self._set(rows, event, NotificationStatus.FAILED, event.attempts, event.reason)

    def retried(self, rows: Transaction, event: AuditNotificationRetried) -> None:
        """Note that it is to be sent again."""
        rows.execute(UPDATE, (NotificationStatus.PENDING.value, None, None, None, *_key(event)))

    def archived(self, rows: Transaction, event: AuditTaskArchived) -> None:
        """Forget the notifications of an audit that is in the archive. Their own events stay in the log."""
        sql = "DELETE FROM audit_notifications WHERE account = ? AND task_id = ?"
        rows.execute(sql, (event.account, event.task_id))

    def _set(
        self,
        rows: Transaction,
        event: AuditNotificationDelivered | AuditNotificationGivenUp,
        status: NotificationStatus,
        attempts: int,
        reason: str | None,
    ) -> None:
        ended_at = epoch_milliseconds(event.timestamp)
        rows.execute(UPDATE, (status.value, ended_at, attempts, reason, *_key(event)))

    def list(self, account: AccountId, status: NotificationStatus | None, page: Page) -> Slice[NotificationView]:
        """Return the account's notifications, those of the audits that ended last first."""
        equal = "account = ?" if status is None else "account = ? AND status = ?"
        given = (account,) if status is None else (account, status.value)
        bound = NEWEST_FIRST.bound(page, first=(2**63 - 1, "", ""))
        sql = f"{SELECT} WHERE {equal} AND {NEWEST_FIRST.condition} {NEWEST_FIRST.order}"
        found = self.query(sql, (*given, *bound, rows_needed(page)))
        return NEWEST_FIRST.slice(found, page, _view)

    handles: ClassVar[Mapping[type[Event], Handler]] = {
        AuditNotificationRequested: requested,
        AuditNotificationDelivered: delivered,
        AuditNotificationGivenUp: given_up,
        AuditNotificationRetried: retried,
        AuditTaskArchived: archived,
    }


def _key(
    event: AuditNotificationDelivered | AuditNotificationGivenUp | AuditNotificationRetried,
) -> tuple[str, str, str]:
    return event.account, event.task_id, event.channel.value


def _view(row: Row) -> NotificationView:
    requested_at, task_id, channel, status, target_arn, ended_at, attempts, reason = row
    return NotificationView(
        task_id,
        NotificationChannel(channel),
        NotificationStatus(status),
        requested_at,
        target_arn,
        ended_at,
        attempts,
        reason,
    )


NEWEST_FIRST = Keyset(("requested_at", "task_id", "channel"), is_descending=True)

SELECT = """
    SELECT requested_at, task_id, channel, status, target_arn, ended_at, attempts, reason FROM audit_notifications
"""

INSERT = """
    INSERT INTO audit_notifications (account, task_id, channel, status, requested_at, target_arn)
    VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (account, task_id, channel) DO NOTHING
"""

UPDATE = """
    UPDATE audit_notifications SET status = ?, ended_at = ?, attempts = ?, reason = ?
    WHERE account = ? AND task_id = ? AND channel = ?
"""
