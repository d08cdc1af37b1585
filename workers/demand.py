"""What each event makes wanted, or no longer wanted, in the dispatcher's tables."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from events.audit_archive import AuditTaskArchived
from events.audit_task import AuditTaskCanceled, AuditTaskStarted
from events.check_run import CheckAccountReadingProgressed, CheckRunEnded, CheckRunPlanned
from events.check_shard import CheckShardCompleted
from events.event import Event
from workers.check_progress import CheckProgress
from workers.work_item import PLANNING, CheckRunKey
from workers.work_table import WorkTable

logger = logging.getLogger(__name__)


def started(table: WorkTable, event: AuditTaskStarted, position: int) -> None:
    """Every check of the audit wants planning."""
    for check in event.checks:
        run = CheckRunKey(event.account, event.task_id, check.name)
        table.keep(run, CheckProgress(event.request_id, str(event.event_id)))
        table.want(run, [PLANNING], position)


def account_reading_progressed(table: WorkTable, event: CheckAccountReadingProgressed, _: int) -> None:
    """The account is to be read on, from where it was left."""
    table.ask_again(CheckRunKey(event.account, event.task_id, event.check_name), PLANNING)


def planned(table: WorkTable, event: CheckRunPlanned, position: int) -> None:
    """Every shard of the check wants judging. Without a shard, the check is completed."""
    run = CheckRunKey(event.account, event.task_id, event.check_name)
    progress = table.progress(run)
    if progress is not None and progress.wants_planning:
        table.close(run, PLANNING)
        table.want(run, range(len(event.plan.shard_bounds)), position)
        _keep(table, run, progress.planned(event.plan, event))


def shard_completed(table: WorkTable, event: CheckShardCompleted, _: int) -> None:
    """The shard's work is done. The last one completes the check."""
    run = CheckRunKey(event.account, event.shard.task_id, event.shard.check_name)
    progress = table.progress(run)
    if progress is not None and table.close(run, event.shard.number):
        _keep(table, run, progress.with_shard(event.tally, event))


def ended(table: WorkTable, event: CheckRunEnded, _: int) -> None:
    """The check owes nothing any more."""
    table.forget(CheckRunKey(event.account, event.task_id, event.check_name))


def canceled(table: WorkTable, event: AuditTaskCanceled, _: int) -> None:
    """No work of the audit is wanted any more; its open checks are to be ended."""
    for run in table.checks_of(event.account, event.task_id):
        progress = table.progress(run)
        if progress is not None:
            table.drop_items(run)
            table.keep(run, progress.canceled(event))


def archived(table: WorkTable, event: AuditTaskArchived, _: int) -> None:
    """The audit was over long ago. Its end may have left the log before it was read."""
    for run in table.checks_of(event.account, event.task_id):
        table.forget(run)


def exhausted(table: WorkTable, run: CheckRunKey) -> None:
    """A piece of the check's work was sent often enough: the check is to be ended."""
    progress = table.progress(run)
    if progress is not None:
        logger.error("%s of the audit %s is given up: a part of it never ended.", run.check_name, run.task_id)
        table.drop_items(run)
        table.keep(run, progress.given_up())


def _keep(table: WorkTable, run: CheckRunKey, progress: CheckProgress) -> None:
    table.keep(run, progress if table.owes_work(run) else progress.completed())


DEMAND: Mapping[type[Event], Callable[[WorkTable, Any, int], None]] = {
    AuditTaskStarted: started,
    CheckAccountReadingProgressed: account_reading_progressed,
    CheckRunPlanned: planned,
    CheckShardCompleted: shard_completed,
    CheckRunEnded: ended,
    AuditTaskCanceled: canceled,
    AuditTaskArchived: archived,
}
"""Every other event changes nothing here. An audit that ended by itself has no open checks left."""
