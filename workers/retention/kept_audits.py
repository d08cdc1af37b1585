"""The audits that are kept, and what each of their checks refers to: tables made of the log.

An audit is here from its start until it is retired. So what is here names all that may still be read of the
inventory and of what was fetched.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from events.audit_archive import AuditTaskArchived
from events.audit_task import AuditTaskCanceled, AuditTaskCompleted, AuditTaskFailed, AuditTaskStarted
from events.check_run import CheckDataCollected, CheckRunEnded, CheckRunPlanned
from events.clock import epoch_milliseconds
from events.event import Event
from events.store.database import Database, Transaction
from events.store.schema import Steps
from events.vocabulary import AccountId, CheckName, TaskId
from workers.followed import FOLLOWED

SCHEMA = (
    FOLLOWED,
    """CREATE TABLE IF NOT EXISTS kept_audits (
        account TEXT NOT NULL, task_id TEXT NOT NULL,
        ended_at BIGINT, -- epoch milliseconds; NULL while it is in progress
        PRIMARY KEY (account, task_id))""",
    "CREATE INDEX IF NOT EXISTS kept_audits_ended ON kept_audits (ended_at)",
    """CREATE TABLE IF NOT EXISTS kept_check_runs (
        account TEXT NOT NULL, task_id TEXT NOT NULL, check_name TEXT NOT NULL,
        inventory_version BIGINT, -- NULL before it is planned
        shards BIGINT NOT NULL,
        evidence_id TEXT, -- of what was collected for it
        has_ended INTEGER NOT NULL,
        PRIMARY KEY (account, task_id, check_name))""",
)

KEPT_AUDIT_TABLES = Steps("kept_audits", {"kept_audits": SCHEMA})


@dataclass(frozen=True)
class EndedAudit:
    """An audit that is over, with every check of it, and how many shards each was planned in."""

    account: AccountId
    task_id: TaskId
    checks: Mapping[CheckName, int]


class KeptAudits:
    """Asks the tables."""

    def __init__(self, database: Database) -> None:
        """Raise SchemaMissing when the tables are not there and are not for this process to make."""
        self._database = database
        database.prepare(KEPT_AUDIT_TABLES)

    def ended(self, up_to: int, limit: int) -> list[EndedAudit]:
        """Audits that ended at `up_to` (epoch milliseconds) or before and whose checks have all ended, too.

        The checks of a canceled audit end a little after it. Nothing more happens in an audit that is here.
        """
        found = self._database.query(ENDED, (up_to, limit))
        return [EndedAudit(account, task_id, self._checks(account, task_id)) for account, task_id in found]

    def _checks(self, account: AccountId, task_id: TaskId) -> dict[CheckName, int]:
        sql = (
            "SELECT check_name, shards FROM kept_check_runs WHERE account = ? AND task_id = ? ORDER BY check_name"
        )
        return dict(self._database.query(sql, (account, task_id)))

    def forget(self, audit: EndedAudit) -> None:
        """Keep it no longer."""
        with self._database.transaction() as rows:
            for table in ("kept_check_runs", "kept_audits"):
                sql = f"DELETE FROM {table} WHERE account = ? AND task_id = ?"  # noqa: S608 - named above
                rows.execute(sql, (audit.account, audit.task_id))

    def is_planning(self, account: AccountId | None = None) -> bool:
        """Whether a check is not planned yet, of this account or of any: nobody else knows what it refers to."""
        of_account, parameters = ("", ()) if account is None else ("AND r.account = ?", (account,))
        return bool(self._database.query(f"{PLANNING} {of_account} LIMIT 1", parameters))

    def inventory_versions(self, account: AccountId) -> set[int]:
        """The versions of the account's inventory that plans name."""
        sql = "SELECT DISTINCT inventory_version FROM kept_check_runs WHERE account = ? AND shards > 0"
        return {version for (version,) in self._database.query(sql, (account,)) if version is not None}

    def evidence_ids(self) -> set[str]:
        """What was collected for checks, of any account."""
        sql = "SELECT DISTINCT evidence_id FROM kept_check_runs WHERE evidence_id IS NOT NULL"
        return {evidence_id for (evidence_id,) in self._database.query(sql)}


ENDED = """
    SELECT a.account, a.task_id FROM kept_audits a WHERE a.ended_at <= ? AND NOT EXISTS (
        SELECT 1 FROM kept_check_runs r WHERE r.account = a.account AND r.task_id = a.task_id AND r.has_ended = 0
    ) ORDER BY a.ended_at LIMIT ?
"""

PLANNING = """
    SELECT 1 FROM kept_check_runs r JOIN kept_audits a ON a.account = r.account AND a.task_id = r.task_id
    WHERE r.inventory_version IS NULL AND r.has_ended = 0 AND a.ended_at IS NULL
"""

OF_RUN = "WHERE account = ? AND task_id = ? AND check_name = ?"
OF_AUDIT = "WHERE account = ? AND task_id = ?"


def _started(rows: Transaction, event: AuditTaskStarted) -> None:
    rows.execute(
        "INSERT INTO kept_audits (account, task_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
        (event.account, event.task_id),
    )
    rows.execute_many(
        "INSERT INTO kept_check_runs (account, task_id, check_name, shards, has_ended) VALUES (?, ?, ?, 0, 0) "
        "ON CONFLICT DO NOTHING",
        [(event.account, event.task_id, check.name) for check in event.checks],
    )


def _planned(rows: Transaction, event: CheckRunPlanned) -> None:
    """A version of connections counts as one of the inventory as well: it keeps rows, and removes none."""
    rows.execute(
        f"UPDATE kept_check_runs SET inventory_version = ?, shards = ? {OF_RUN}",  # noqa: S608 - ours
        (
            event.plan.inventory_version,
            len(event.plan.shard_bounds),
            event.account,
            event.task_id,
            event.check_name,
        ),
    )


def _collected(rows: Transaction, event: CheckDataCollected) -> None:
    rows.execute(
        f"UPDATE kept_check_runs SET evidence_id = ? {OF_RUN}",  # noqa: S608 - ours
        (event.evidence_id, event.account, event.task_id, event.check_name),
    )


def _check_ended(rows: Transaction, event: CheckRunEnded) -> None:
    rows.execute(
        f"UPDATE kept_check_runs SET has_ended = 1 {OF_RUN}",  # noqa: S608 - ours
        (event.account, event.task_id, event.check_name),
    )


def _ended(rows: Transaction, event: AuditTaskCompleted | AuditTaskFailed | AuditTaskCanceled) -> None:
    rows.execute(
        f"UPDATE kept_audits SET ended_at = ? {OF_AUDIT}",  # noqa: S608 - ours
        (epoch_milliseconds(event.timestamp), event.account, event.task_id),
    )


def _archived(rows: Transaction, event: AuditTaskArchived) -> None:
    """Its end may have left the log before it was read."""
    audit = (event.account, event.task_id)
    rows.execute(f"UPDATE kept_audits SET ended_at = COALESCE(ended_at, 0) {OF_AUDIT}", audit)  # noqa: S608 - ours
    rows.execute(f"UPDATE kept_check_runs SET has_ended = 1 {OF_AUDIT}", audit)  # noqa: S608 - ours


CHANGES: Mapping[type[Event], Callable[[Transaction, Any], None]] = {
    AuditTaskStarted: _started,
    CheckRunPlanned: _planned,
    CheckDataCollected: _collected,
    CheckRunEnded: _check_ended,
    AuditTaskCompleted: _ended,
    AuditTaskFailed: _ended,
    AuditTaskCanceled: _ended,
    AuditTaskArchived: _archived,
}
