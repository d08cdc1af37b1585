"""The table of notifications that are to be sent, and when each is due. Made of the log.

What is in it besides, how often each was tried, why that failed and when it is tried next, is lost with it; then
it is tried at once. When it is given up, is counted from the log's own time.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from events.audit_archive import AuditTaskArchived
from events.audit_notification import (
    AuditNotificationDelivered,
    AuditNotificationGivenUp,
    AuditNotificationRequested,
    AuditNotificationRetried,
    NotificationChannel,
)
from events.clock import epoch_milliseconds, from_epoch_milliseconds
from events.event import Event
from events.store.database import Database, Transaction
from events.store.schema import Steps
from events.vocabulary import AccountId, TaskId
from workers.followed import FOLLOWED
from workers.notifying.back_off import pause_after

SCHEMA = (
    FOLLOWED,
    # Times are epoch milliseconds. What was given up stays, without a due time: it may be retried.
    """CREATE TABLE IF NOT EXISTS notifications (
        account TEXT NOT NULL, task_id TEXT NOT NULL, channel TEXT NOT NULL,
        target_arn TEXT NOT NULL, role_arn TEXT NOT NULL,
        request_id TEXT NOT NULL, causation_id TEXT NOT NULL,
        wanted_at BIGINT NOT NULL,
        attempts BIGINT NOT NULL,
        due_at BIGINT, -- NULL: not to be sent
        PRIMARY KEY (account, task_id, channel))""",
    "CREATE INDEX IF NOT EXISTS notifications_in_turn ON notifications (channel, due_at)",
)

NOTIFICATION_TABLES = Steps(
    "notifications",
    {"notifications": SCHEMA, "failures": ("ALTER TABLE notifications ADD COLUMN failure TEXT",)},
)

LONGEST_FAILURE = 500
"""Characters of what a receiver said."""


class Pending(NamedTuple):
    """A notification that is to be sent."""

    account: AccountId
    task_id: TaskId
    channel: NotificationChannel
    target_arn: str
    role_arn: str
    request_id: str
    causation_id: str
    wanted_at: datetime
    attempts: int
    """How often it was tried, this time included."""


class Tried(NamedTuple):
    """How it stands with a notification that is to be sent."""

    attempts: int
    failure: str | None
    """Why the last attempt failed; None if there was none, or it is under way."""
    due_at: int
    """Epoch milliseconds: when it is tried next."""


class PendingNotifications:
    """Reads the table, and takes from it what is due. Several threads may do so."""

    def __init__(self, database: Database) -> None:
        """Prepare the tables; StoreUnavailable if that can't be done now."""
        database.prepare(NOTIFICATION_TABLES)
        self._database = database

    def take_due(self, channel: NotificationChannel, now: datetime) -> Pending | None:
        """Return what has been due longest, if anything is; it is due again after the pause that follows.

        So what the process dies over, or what is delivered and can't be recorded, is sent again, and not at once.
        """
        moment = epoch_milliseconds(now)
        with self._database.transaction() as rows:
            for row in rows.execute(DUE, (channel.value, moment)):
                attempts = row[7] + 1
                due_at = epoch_milliseconds(now + pause_after(attempts))
                rows.execute(TRY, (attempts, due_at, row[0], row[1], channel.value))
                account, task_id, target, role, request_id, causation_id, wanted_at, _ = row
                wanted = from_epoch_milliseconds(wanted_at)
                return Pending(account, task_id, channel, target, role, request_id, causation_id, wanted, attempts)
        return None

    def failed(self, tried: Pending, reason: str) -> None:
        """Note why an attempt failed after which there are others."""
        with self._database.transaction() as rows:
            rows.execute(FAIL, (reason[:LONGEST_FAILURE], tried.account, tried.task_id, tried.channel.value))

    def tried(self, account: AccountId, task_ids: Sequence[TaskId]) -> Mapping[tuple[TaskId, str], Tried]:
        """How it stands with those of some audits that are to be sent, by audit and channel."""
        if not task_ids:
            return {}
        sql = TRIED.format(", ".join("?" * len(task_ids)))
        return {
            (task_id, channel): Tried(attempts, failure, due_at)
            for task_id, channel, attempts, failure, due_at in self._database.query(sql, (account, *task_ids))
        }

    def forget(self, delivered: Pending) -> None:
        """Send no more what was delivered, even if the log can't be followed just now."""
        with self._database.transaction() as rows:
            rows.execute(FORGET, (delivered.account, delivered.task_id, delivered.channel.value))

    def counts(self) -> dict[str, int]:
        """How many are to be sent, by channel; none is named of which nothing is."""
        return dict(self._database.query(COUNTS, ()))


class NotificationRows:
    """Changes the table inside a transaction."""

    def __init__(self, rows: Transaction) -> None:
        self._rows = rows

    def requested(self, event: AuditNotificationRequested) -> None:
        """Let it be sent."""
        now = epoch_milliseconds(event.timestamp)
        self._rows.execute(
            INSERT,
            (
                *_key(event),
                event.target_arn,
                event.role_arn,
                event.request_id,
                str(event.event_id),
                now,
                now,
            ),
        )

    def over(self, event: AuditNotificationDelivered | AuditNotificationGivenUp) -> None:
        """Let it be sent no more. One that was delivered is never sent again."""
        delete = isinstance(event, AuditNotificationDelivered)
        self._rows.execute(FORGET if delete else REST, _key(event))

    def retried(self, event: AuditNotificationRetried) -> None:
        """Let it be sent as if it was wanted only now."""
        now = epoch_milliseconds(event.timestamp)
        self._rows.execute(AGAIN, (now, now, event.request_id, str(event.event_id), *_key(event)))

    def archived(self, event: AuditTaskArchived) -> None:
        """Forget those of an audit of which the log knows nothing more to tell."""
        self._rows.execute(
            "DELETE FROM notifications WHERE account = ? AND task_id = ?", (event.account, event.task_id)
        )


def _key(event: Any) -> tuple[str, str, str]:
    return event.account, event.task_id, event.channel.value


OF = "WHERE account = ? AND task_id = ? AND channel = ?"

DUE = """
    SELECT account, task_id, target_arn, role_arn, request_id, causation_id, wanted_at, attempts FROM notifications
    WHERE channel = ? AND due_at <= ? ORDER BY due_at, task_id LIMIT 1
"""

TRY = f"UPDATE notifications SET attempts = ?, due_at = ? {OF} AND due_at IS NOT NULL"

FAIL = f"UPDATE notifications SET failure = ? {OF} AND due_at IS NOT NULL"

TRIED = """
    SELECT task_id, channel, attempts, failure, due_at FROM notifications
    WHERE account = ? AND due_at IS NOT NULL AND task_id IN ({})
"""

COUNTS = "SELECT channel, COUNT(*) FROM notifications WHERE due_at IS NOT NULL GROUP BY channel"

INSERT = """
    INSERT INTO notifications
        (account, task_id, channel, target_arn, role_arn, request_id, causation_id, wanted_at, attempts, due_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?)
    ON CONFLICT (account, task_id, channel) DO NOTHING
"""

REST = f"UPDATE notifications SET due_at = NULL {OF}"

FORGET = f"DELETE FROM notifications {OF}"

AGAIN = f"""
    UPDATE notifications
    SET wanted_at = ?, due_at = ?, attempts = 0, failure = NULL, request_id = ?, causation_id = ? {OF}
"""

CHANGES: Mapping[type[Event], Callable[[NotificationRows, Any], None]] = {
    AuditNotificationRequested: NotificationRows.requested,
    AuditNotificationDelivered: NotificationRows.over,
    AuditNotificationGivenUp: NotificationRows.over,
    AuditNotificationRetried: NotificationRows.retried,
    AuditTaskArchived: NotificationRows.archived,
}
