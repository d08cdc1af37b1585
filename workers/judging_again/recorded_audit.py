"""What the log has of an audit that is to be judged again."""

from collections.abc import Sequence
from dataclasses import dataclass

from events.audit_archive import AuditTaskArchived
from events.audit_task import AuditTask, CheckOutcome
from events.check_run import CheckPlan, CheckRun, CheckRunEnded
from events.check_shard import AuditFindingsRecorded, CheckShardCompleted, ShardTally
from events.identifiers import audit_archive_id, audit_task_id, check_run_id, check_shard_id
from events.log import EventLog
from events.reading import fold
from events.resource import NonCompliance
from events.vocabulary import AccountId, CheckName, Severity, TaskId


class CanNotBeJudged(Exception):  # noqa: N818 - said to a person
    """Why an audit can't be judged again at all."""


@dataclass(frozen=True)
class RecordedCheck:
    """One check of the audit."""

    name: CheckName
    plan: CheckPlan | None
    """None when it ended before it was planned: it has judged nothing."""
    evidence_id: str | None
    outcome: CheckOutcome | None
    """None of a check that a canceled audit has left."""


@dataclass(frozen=True)
class RecordedShard:
    """What one piece of a check came to."""

    findings: Sequence[tuple[NonCompliance, Severity]]
    tally: ShardTally


@dataclass(frozen=True)
class RecordedAudit:
    """An audit that has ended."""

    log: EventLog
    account: AccountId
    task: AuditTask
    checks: Sequence[RecordedCheck]

    @property
    def shards(self) -> int:
        """In how many pieces its checks were planned."""
        return sum(len(check.plan.shard_bounds) for check in self.checks if check.plan)

    def shard(self, check_name: CheckName, number: int) -> RecordedShard | None:
        """What a piece came to; None of one that was not judged to its end."""
        stream = check_shard_id(self.account, self.task.task_id, check_name, number)
        findings: list[tuple[NonCompliance, Severity]] = []
        tally: ShardTally | None = None
        for event in self.log.stream(stream):
            if isinstance(event, AuditFindingsRecorded):
                findings += [(finding, event.severity) for finding in event.findings]
            elif isinstance(event, CheckShardCompleted):
                tally = event.tally
        return None if tally is None else RecordedShard(findings, tally)


def read_recorded_audit(log: EventLog, account: AccountId, task_id: TaskId) -> RecordedAudit:
    """Read an audit, but for its findings; raise CanNotBeJudged for one that the log does not have whole."""
    archived = log.stream(audit_archive_id(account, task_id))
    if any(isinstance(event, AuditTaskArchived) for event in archived):
        raise CanNotBeJudged(f"The audit {task_id} was archived: its findings are no longer in the log.")
    stream = audit_task_id(account, task_id)
    task = fold(AuditTask, stream, log.stream(stream))
    if not task.exists:
        raise CanNotBeJudged(f"The account {account} has no audit {task_id}.")
    if not task.is_over:
        raise CanNotBeJudged(f"The audit {task_id} is in progress. Judge it again when it has ended.")
    checks = [_recorded_check(log, account, task_id, name) for name in sorted(task.target_checks)]
    return RecordedAudit(log, account, task, checks)


def _recorded_check(log: EventLog, account: AccountId, task_id: TaskId, name: CheckName) -> RecordedCheck:
    stream = check_run_id(account, task_id, name)
    events = log.stream(stream)
    run = fold(CheckRun, stream, events)
    outcomes = [event.outcome for event in events if isinstance(event, CheckRunEnded)]
    return RecordedCheck(name, run.plan, run.evidence_id, outcomes[-1] if outcomes else None)
