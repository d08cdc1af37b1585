"""Every audit that there ever was: what looks for the streams of a moment long past begins here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from events.audit_account_events import OnDemandAuditAdmitted, ScheduledAuditStarted
from events.audit_archive import AuditTaskArchived
from events.audit_task import AuditTaskCanceled, AuditTaskCompleted, AuditTaskFailed, AuditTaskStarted
from events.clock import epoch_milliseconds
from events.event import Event
from events.identifiers import check_run_id
from events.log import Recorded
from events.store.database import Transaction
from events.vocabulary import AccountId, CheckName, TaskId
from projections.projection import Handler, Projection

PREFIX = 8
"""Digits of a finding's id that are those of its check run (`events/identifiers.py`)."""


@dataclass(frozen=True, slots=True)
class PastAudit:
    """An audit, of whatever age."""

    task_id: TaskId
    position: int
    """Where in the log it began."""
    archive: str | None
    """The file that has its events, if they have left the log."""
    archived_at: int | None
    """The position at which they were about to."""
    last_position: int | None
    """Of those events."""


@dataclass(frozen=True, slots=True)
class Begun:
    """Which audits are looked for."""

    start_ms: int
    """Those that began then or later, in epoch milliseconds."""
    end_ms: int
    """Those that began then or earlier."""
    up_to: int
    """Those that began at this position or before."""
    under_way_at: int
    """Those of which it is not known that they had ended before this, at a position up to `up_to`."""


class EveryAudit(Projection):
    """Answers which audits had begun, and of which a finding may be. Nothing is ever taken out.

    An audit is known from the account's stream and from the word of its archive, since its own stream may leave
    the log: a log that is read anew makes the same rows.
    """

    name = "every_audit"
    version = 1
    tables: ClassVar = {
        "every_audit": (
            """
            CREATE TABLE every_audit (
                account TEXT NOT NULL,
                task_id TEXT NOT NULL,
                started_at BIGINT NOT NULL,
                position BIGINT NOT NULL,
                ended_at BIGINT,
                ended_position BIGINT,
                archive TEXT,
                archived_at BIGINT,
                last_position BIGINT,
                PRIMARY KEY (account, task_id)
            )
            """,
            "CREATE INDEX every_audit_by_time ON every_audit (account, started_at, task_id)",
        ),
        "every_check_run": (
            """
            CREATE TABLE every_check_run (
                account TEXT NOT NULL,
                prefix TEXT NOT NULL,
                task_id TEXT NOT NULL,
                check_name TEXT NOT NULL,
                PRIMARY KEY (account, prefix, task_id, check_name)
            )
            """,
        ),
    }
    handles: ClassVar[Mapping[type[Event], Handler]] = {}
    """Nothing is projected without its position: `take` does it."""

    def take(self, rows: Transaction, recorded: Recorded) -> None:
        """Note an audit that begins, the checks that it has, and that its events have left the log."""
        event = recorded.event
        if isinstance(event, OnDemandAuditAdmitted | ScheduledAuditStarted):
            started_at = epoch_milliseconds(event.timestamp)
            rows.execute(INSERT, (event.account, event.task_id, started_at, recorded.position))
        elif isinstance(event, AuditTaskStarted):
            self._add_checks(rows, event, (check.name for check in event.checks))
        elif isinstance(event, AuditTaskCompleted | AuditTaskFailed | AuditTaskCanceled):
            ended_at = epoch_milliseconds(event.timestamp)
            rows.execute(ENDED, (ended_at, recorded.position, event.account, event.task_id))
        elif isinstance(event, AuditTaskArchived):
            found = event.summary
            archive = (found.file_name, recorded.position, found.last_position)
            rows.execute(ARCHIVED, (*archive, event.account, event.task_id))
            self._add_checks(rows, event, found.shards)

    def _add_checks(
        self, rows: Transaction, event: AuditTaskStarted | AuditTaskArchived, names: Iterable[CheckName]
    ) -> None:
        account, task_id = event.account, event.task_id
        added = [(account, check_run_id(account, task_id, name).hex[:PREFIX], task_id, name) for name in names]
        rows.execute_many(INSERT_CHECK_RUN, added)

    def begun(self, account: AccountId, begun: Begun, limit: int) -> list[PastAudit]:
        """Return audits of the account, those that began last first."""
        bounds = (begun.start_ms, begun.end_ms, begun.up_to, begun.under_way_at, begun.up_to)
        return [PastAudit(*row) for row in self.query(BEGUN, (account, *bounds, limit))]

    def of_task(self, account: AccountId, task_id: str) -> PastAudit | None:
        """Return one audit; None if there never was one of this id."""
        found = self.query(OF_TASK, (account, task_id))
        return PastAudit(*found[0]) if found else None

    def of_finding(self, account: AccountId, finding_id: str) -> list[tuple[TaskId, CheckName]]:
        """Return the check runs that a finding may be of, judging by its id: hardly ever more than one."""
        sql = "SELECT task_id, check_name FROM every_check_run WHERE account = ? AND prefix = ?"
        return [(TaskId(task), CheckName(name)) for task, name in self.query(sql, (account, finding_id[:PREFIX]))]


INSERT = """
    INSERT INTO every_audit (account, task_id, started_at, position) VALUES (?, ?, ?, ?)
    ON CONFLICT (account, task_id) DO NOTHING
"""

INSERT_CHECK_RUN = """
    INSERT INTO every_check_run (account, prefix, task_id, check_name) VALUES (?, ?, ?, ?)
    ON CONFLICT (account, prefix, task_id, check_name) DO NOTHING
"""

ENDED = "UPDATE every_audit SET ended_at = ?, ended_position = ? WHERE account = ? AND task_id = ?"

ARCHIVED = """
    UPDATE every_audit SET ended_at = NULL, ended_position = NULL, archive = ?, archived_at = ?, last_position = ?
    WHERE account = ? AND task_id = ?
"""
"""When it ended is said by an event that leaves the log, and whoever reads the log anew would not know."""

COLUMNS = "task_id, position, archive, archived_at, last_position"

BEGUN = f"""
    SELECT {COLUMNS} FROM every_audit
    WHERE account = ? AND started_at >= ? AND started_at <= ? AND position <= ?
    AND (ended_at IS NULL OR ended_at >= ? OR ended_position > ?)
    ORDER BY started_at DESC, task_id DESC LIMIT ?
"""  # noqa: S608 - our own words

OF_TASK = f"SELECT {COLUMNS} FROM every_audit WHERE account = ? AND task_id = ?"  # noqa: S608 - as above
