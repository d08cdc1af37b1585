"""What each check came to when it was last done: by each schedule, and on demand.

As AWS's metrics have it, which name a schedule `OnDemand` when there was none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from events.audit_account_events import ScheduledAuditDeleted
from events.audit_archive import AuditTaskArchived
from events.audit_task import (
    AuditCheckOutcomeRecorded,
    AuditTaskCanceled,
    AuditTaskCompleted,
    AuditTaskFailed,
    AuditTaskStarted,
)
from events.clock import epoch_milliseconds
from events.event import Event
from events.store.database import Transaction
from events.vocabulary import AccountId, CheckName, CheckRunStatus
from projections.projection import Handler, Projection

ON_DEMAND = "OnDemand"
"""Source: the metrics and dimensions of AWS IoT. A schedule of that name shares its rows, as it does there."""

Ending = AuditTaskCompleted | AuditTaskFailed | AuditTaskCanceled | AuditTaskArchived

DONE = frozenset({CheckRunStatus.COMPLETED_COMPLIANT, CheckRunStatus.COMPLETED_NON_COMPLIANT})


@dataclass(frozen=True, slots=True)
class CheckResult:
    """How a check ended that could be done."""

    account: AccountId
    check_name: CheckName
    scheduled_audit_name: str
    """Or `OnDemand`."""
    non_compliant_resources: int
    resources_evaluated: int
    ended_at: int
    """Epoch milliseconds."""


class CheckResults(Projection):
    """Answers how many resources were looked at and found wanting, last time.

    Never more rows than checks times schedules and one: those of a deleted schedule go with it, and an audit of
    it that is under way leaves none behind.
    """

    name = "check_results"
    version = 1
    tables: ClassVar = {
        "check_results": (
            """
            CREATE TABLE check_results (
                account TEXT NOT NULL,
                scheduled_audit_name TEXT NOT NULL,
                check_name TEXT NOT NULL,
                non_compliant_resources BIGINT NOT NULL,
                resources_evaluated BIGINT NOT NULL,
                ended_at BIGINT NOT NULL,
                PRIMARY KEY (account, scheduled_audit_name, check_name)
            )
            """,
        ),
        # The audits under way, and by which schedule each is.
        "check_results_audits": (
            """
            CREATE TABLE check_results_audits (
                account TEXT NOT NULL,
                task_id TEXT NOT NULL,
                scheduled_audit_name TEXT NOT NULL,
                PRIMARY KEY (account, task_id)
            )
            """,
        ),
    }

    def started(self, rows: Transaction, event: AuditTaskStarted) -> None:
        """Note by which schedule an audit is."""
        name = event.scheduled_audit_name or ON_DEMAND
        rows.execute(
            """INSERT INTO check_results_audits (account, task_id, scheduled_audit_name) VALUES (?, ?, ?)
               ON CONFLICT (account, task_id) DO NOTHING""",
            (event.account, event.task_id, name),
        )

    def check_ended(self, rows: Transaction, event: AuditCheckOutcomeRecorded) -> None:
        """Keep what a check came to. One that could not be done leaves what it came to before."""
        if event.outcome.status not in DONE:
            return
        sql = "SELECT scheduled_audit_name FROM check_results_audits WHERE account = ? AND task_id = ?"
        for (name,) in rows.execute(sql, (event.account, event.task_id)):
            outcome = event.outcome
            counts = (outcome.non_compliant_resources, outcome.resources_examined)
            ended_at = epoch_milliseconds(event.timestamp)
            rows.execute(UPSERT, (event.account, name, event.check_name, *counts, ended_at))

    def ended(self, rows: Transaction, event: Ending) -> None:
        """Forget an audit that is over, or that was taken out of the log while it was read."""
        sql = "DELETE FROM check_results_audits WHERE account = ? AND task_id = ?"
        rows.execute(sql, (event.account, event.task_id))

    def schedule_deleted(self, rows: Transaction, event: ScheduledAuditDeleted) -> None:
        """Forget what audits of a schedule came to, those under way included."""
        for table in ("check_results", "check_results_audits"):
            sql = f"DELETE FROM {table} WHERE account = ? AND scheduled_audit_name = ?"  # noqa: S608 - named above
            rows.execute(sql, (event.account, event.name))

    def of_all(self) -> list[CheckResult]:
        """Return what every check came to when it was last done, by account and schedule."""
        return [CheckResult(*row) for row in self.query(SELECT, ())]

    handles: ClassVar[Mapping[type[Event], Handler]] = {
        AuditTaskStarted: started,
        AuditCheckOutcomeRecorded: check_ended,
        AuditTaskCompleted: ended,
        AuditTaskFailed: ended,
        AuditTaskCanceled: ended,
        AuditTaskArchived: ended,
        ScheduledAuditDeleted: schedule_deleted,
    }


SELECT = """
    SELECT account, check_name, scheduled_audit_name, non_compliant_resources, resources_evaluated, ended_at
    FROM check_results ORDER BY account, scheduled_audit_name, check_name
"""

UPSERT = """
    INSERT INTO check_results
        (account, scheduled_audit_name, check_name, non_compliant_resources, resources_evaluated, ended_at)
    VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (account, scheduled_audit_name, check_name) DO UPDATE
    SET non_compliant_resources = excluded.non_compliant_resources,
        resources_evaluated = excluded.resources_evaluated, ended_at = excluded.ended_at
"""
