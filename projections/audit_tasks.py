"""The audits of an account, and where each of their checks stands."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import ClassVar

from events.audit_archive import AuditTaskArchived
from events.audit_task import (
    AuditCheckOutcomeRecorded,
    AuditTaskCanceled,
    AuditTaskCompleted,
    AuditTaskFailed,
    AuditTaskStarted,
)
from events.check_run import CheckAccountRead, CheckDataCollected, CheckDataCollectionStarted, CheckRunPlanned
from events.check_shard import AuditFindingsRecorded, CheckShardCompleted, ShardTally
from events.clock import epoch_milliseconds
from events.event import Event
from events.store.database import Database, Row, Transaction
from events.vocabulary import (
    AccountId,
    AuditTaskStatus,
    AuditTaskType,
    CheckName,
    CheckRunStatus,
    TaskId,
)
from projections.audit_task_rows import (
    ADD_PART,
    DESCRIBE,
    FIND_PART,
    FORGET_SHARDS,
    GIVE_UP,
    INSERT,
    NEWEST_FIRST,
    PREVIOUS,
    SELECT,
    SET_DETAILS,
    SET_END,
    TABLES,
)
from projections.audit_task_view import AuditTaskView, CheckDetail
from projections.json_column import JsonColumn
from projections.paging import Page, Slice, rows_needed
from projections.projection import Handler, Projection

__all__ = ["AuditTaskView", "AuditTasks", "CheckDetail"]

Ending = AuditTaskCompleted | AuditTaskFailed | AuditTaskCanceled

CheckKey = tuple[AccountId, TaskId, CheckName]

END = -1
"""Stands where a batch of findings does: the end of its shard."""

UNDER_WAY = frozenset({CheckRunStatus.IN_PROGRESS, CheckRunStatus.WAITING_FOR_DATA_COLLECTION})


class AuditTasks(Projection):
    """Answers DescribeAuditTask, with one SELECT by primary key, and ListAuditTasks."""

    name = "audit_tasks"
    version = 6
    tables: ClassVar = TABLES

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._details = JsonColumn(dict[CheckName, CheckDetail])

    def started(self, rows: Transaction, event: AuditTaskStarted) -> None:
        """Add an audit with every check under way. One that is there already has come further since."""
        started_at = epoch_milliseconds(event.timestamp)
        details = self._details.write({check.name: CheckDetail() for check in event.checks})
        status, task_type = AuditTaskStatus.IN_PROGRESS.value, event.task_type.value
        row = (event.account, event.task_id, status, task_type, started_at, event.scheduled_audit_name, details)
        rows.execute(INSERT, (*row, _in_one_text(check.name for check in event.checks)))

    def collection_started(self, rows: Transaction, event: CheckDataCollectionStarted) -> None:
        """Note that a check waits for data."""
        check = (event.account, event.task_id, event.check_name)
        self._go_on(rows, check, lambda was: replace(was, status=CheckRunStatus.WAITING_FOR_DATA_COLLECTION))

    def collected(self, rows: Transaction, event: CheckDataCollected | CheckAccountRead) -> None:
        """Note that a check waits no more."""
        check = (event.account, event.task_id, event.check_name)
        self._go_on(rows, check, lambda was: replace(was, status=CheckRunStatus.IN_PROGRESS))

    def planned(self, rows: Transaction, event: CheckRunPlanned) -> None:
        """Note in how many pieces a check is done."""
        check, plan = (event.account, event.task_id, event.check_name), event.plan
        shards, version = len(plan.shard_bounds), plan.inventory_version
        self._go_on(rows, check, lambda was: replace(was, shards=shards, inventory_version=version))

    def findings_recorded(self, rows: Transaction, event: AuditFindingsRecorded) -> None:
        """Add findings to their check's count, once, while it is under way."""
        check = (event.account, event.shard.task_id, event.shard.check_name)
        once = (event.shard.number, event.batch)
        self._go_on(rows, check, lambda was: replace(was, findings=was.findings + len(event.findings)), once)

    def shard_completed(self, rows: Transaction, event: CheckShardCompleted) -> None:
        """Add what was seen in a shard to its check's counts, once, while the check is under way."""
        check, tally = (event.account, event.shard.task_id, event.shard.check_name), event.tally
        self._go_on(rows, check, lambda was: _with_shard(was, tally), (event.shard.number, END))

    def _go_on(
        self,
        rows: Transaction,
        check: CheckKey,
        further: Callable[[CheckDetail], CheckDetail],
        once: tuple[int, int] | None = None,
    ) -> None:
        """Change where a check stands that is under way. One that has ended stays as it ended.

        `once` is the part of the check that this counts, a shard and a batch; what was counted is not again.
        """
        account, task_id, name = check
        details = self._details_of(rows, account, task_id)
        was = details.get(name)
        if was is None or was.status not in UNDER_WAY:
            return
        if once is not None:
            if rows.execute(FIND_PART, (*check, *once)):
                return
            rows.execute(ADD_PART, (*check, *once))
        details[name] = further(was)
        rows.execute(SET_DETAILS, (self._details.write(details), account, task_id))

    def check_ended(self, rows: Transaction, event: AuditCheckOutcomeRecorded) -> None:
        """Note how a check ended."""
        outcome = event.outcome
        details = self._details_of(rows, event.account, event.task_id)
        before = details.get(event.check_name, CheckDetail())
        details[event.check_name] = CheckDetail(
            outcome.status,
            outcome.resources_examined,
            outcome.non_compliant_resources,
            outcome.suppressed_resources,
            outcome.error_code,
            outcome.message,
            before.shards,
            before.shards_done,
            before.not_judged,
            before.inventory_version,
            before.findings,
        )
        rows.execute(SET_DETAILS, (self._details.write(details), event.account, event.task_id))
        rows.execute(f"{FORGET_SHARDS} AND check_name = ?", (event.account, event.task_id, event.check_name))

    def completed(self, rows: Transaction, event: AuditTaskCompleted) -> None:
        """Note that every check has ended."""
        self._end(rows, event, AuditTaskStatus.COMPLETED)

    def failed(self, rows: Transaction, event: AuditTaskFailed) -> None:
        """Note that no check could be done."""
        self._end(rows, event, AuditTaskStatus.FAILED)

    def canceled(self, rows: Transaction, event: AuditTaskCanceled) -> None:
        """Note that the audit was canceled, with its checks that had not ended. They keep their counts."""
        details = self._details_of(rows, event.account, event.task_id)
        for name in event.canceled_checks:
            details[name] = replace(details.get(name, CheckDetail()), status=CheckRunStatus.CANCELED)
        rows.execute(SET_DETAILS, (self._details.write(details), event.account, event.task_id))
        self._end(rows, event, AuditTaskStatus.CANCELED)
        rows.execute(FORGET_SHARDS, (event.account, event.task_id))

    def _end(self, rows: Transaction, event: Ending, status: AuditTaskStatus) -> None:
        ended_at = epoch_milliseconds(event.timestamp)
        rows.execute(SET_END, (status.value, ended_at, event.account, event.task_id))

    def archived(self, rows: Transaction, event: AuditTaskArchived) -> None:
        """Give an audit up that retention has taken out of the log, whose end may have gone before it was read."""
        rows.execute(GIVE_UP, (event.account, event.task_id))

    def _details_of(self, rows: Transaction, account: AccountId, task_id: TaskId) -> dict[CheckName, CheckDetail]:
        sql = "SELECT details FROM audit_tasks WHERE account = ? AND task_id = ?"
        found = rows.execute(sql, (account, task_id))
        return self._details.read(found[0][0]) if found else {}

    def _view(self, row: Row) -> AuditTaskView:
        started_at, task_id, status, task_type, scheduled_audit_name, details, ended_at = row
        return AuditTaskView(
            task_id,
            AuditTaskStatus(status),
            AuditTaskType(task_type),
            started_at,
            scheduled_audit_name,
            self._details.read(details),
            ended_at,
        )

    def describe(self, account: AccountId, task_id: TaskId) -> AuditTaskView | None:
        """Return an audit of the account, None if it has none of that id."""
        found = self.query(DESCRIBE, (account, task_id))
        return self._view(found[0]) if found else None

    def ended_at(self, account: AccountId, task_id: TaskId) -> int | None:
        """Return when an audit ended, in epoch milliseconds; None while it is in progress, or if there is none."""
        found = self.query(
            "SELECT ended_at FROM audit_tasks WHERE account = ? AND task_id = ?", (account, task_id)
        )
        return found[0][0] if found else None

    def previous(self, account: AccountId, task: AuditTaskView, *, ended_after: int) -> TaskId | None:
        """Return the audit that another is compared with, of those that ended after a time (epoch milliseconds).

        Of the same schedule, or on demand of the same checks: the last one before it that was completed.
        """
        scheduled = task.scheduled_audit_name
        alike = _in_one_text(task.details) if scheduled is None else scheduled
        column = "check_names" if scheduled is None else "scheduled_audit_name"
        place = (task.started_at, task.task_id)
        sql = f"{PREVIOUS} AND {column} = ? {NEWEST_FIRST.order}"
        found = self.query(sql, (account, task.task_type.value, *place, ended_after, alike, 1))
        return TaskId(found[0][0]) if found else None

    def list(
        self,
        account: AccountId,
        start_ms: int,
        end_ms: int,
        task_type: AuditTaskType | None,
        status: AuditTaskStatus | None,
        page: Page,
    ) -> Slice[AuditTaskView]:
        """Return the account's audits that started in a time, both ends included, newest first."""
        equal = {"account": account, "task_type": task_type, "status": status}
        given = {column: str(value) for column, value in equal.items() if value is not None}
        conditions = " AND ".join(f"{column} = ?" for column in given)
        sql = f"{SELECT} WHERE {conditions} AND started_at >= ? AND {NEWEST_FIRST.condition} {NEWEST_FIRST.order}"
        bound = NEWEST_FIRST.bound(page, first=(end_ms + 1, ""))
        found = self.query(sql, (*given.values(), start_ms, *bound, rows_needed(page)))
        return NEWEST_FIRST.slice(found, page, self._view)

    handles: ClassVar[Mapping[type[Event], Handler]] = {
        AuditTaskStarted: started,
        CheckDataCollectionStarted: collection_started,
        CheckAccountRead: collected,
        CheckDataCollected: collected,
        CheckRunPlanned: planned,
        AuditFindingsRecorded: findings_recorded,
        CheckShardCompleted: shard_completed,
        AuditCheckOutcomeRecorded: check_ended,
        AuditTaskCompleted: completed,
        AuditTaskFailed: failed,
        AuditTaskCanceled: canceled,
        AuditTaskArchived: archived,
    }


def _with_shard(was: CheckDetail, tally: ShardTally) -> CheckDetail:
    return replace(
        was,
        examined=was.examined + tally.resources_examined,
        non_compliant=was.non_compliant + tally.non_compliant_resources,
        shards_done=was.shards_done + 1,
        not_judged=was.not_judged + sum(tally.not_judged.values()),
    )


def _in_one_text(check_names: Iterable[CheckName]) -> str:
    """The checks of an audit, the same for the same checks."""
    return ",".join(sorted(check_names))
