"""The events of one audit, as the log would tell them."""

from collections.abc import Mapping
from typing import cast

from events.audit_archive import ArchiveSummary, AuditArchive
from events.audit_task import AuditTask, CheckOutcome, TargetCheck
from events.check_run import AccountReading, CheckPlan, CheckRun
from events.check_shard import CheckShard, ShardId, ShardTally
from events.event import Aggregate, Cause, Event
from events.identifiers import audit_archive_id, audit_task_id, check_run_id, check_shard_id
from events.log import Recorded
from events.resource import NonCompliance
from events.vocabulary import AuditTaskType, CheckName, CheckRunStatus, Severity, TaskId
from tests.support.given import ACCOUNT, CAUSE, NOON

COMPLETED = CheckOutcome(CheckRunStatus.COMPLETED_COMPLIANT)


class AuditStory:
    """Tells what happens to one audit; each telling returns what was recorded, at positions that go on."""

    def __init__(self, task_id: str = "a" * 32, cause: Cause = CAUSE) -> None:
        self.task_id = TaskId(task_id)
        self.position = 0
        self._cause = cause
        self._task = AuditTask.unwritten(audit_task_id(ACCOUNT, self.task_id))
        self._runs: dict[str, CheckRun] = {}
        self._shards: dict[ShardId, CheckShard] = {}

    def started(self, *checks: str, configuration: Mapping[str, str] | None = None) -> list[Recorded]:
        """An audit of these checks began."""
        roster = [TargetCheck(CheckName(name), dict(configuration or {})) for name in checks]
        self._task.start(self.task_id, AuditTaskType.ON_DEMAND, roster, "", self._cause)
        return self._recorded(self._task)

    def account_reading_progressed(self, check: str) -> list[Recorded]:
        """Some of the linked account has been read for the check."""
        run = self._run(check)
        reading = AccountReading({"DEVICE_CERTIFICATE": 250})
        run.record_account_reading(self.task_id, CheckName(check), reading, self._cause)
        return self._recorded(run)

    def planned(self, check: str, shards: int, notices: tuple[str, ...] = ()) -> list[Recorded]:
        """The inventory was cut for a check."""
        bounds = [*(f"{number:04}" for number in range(shards - 1)), None] if shards else []
        run = self._run(check)
        run.record_plan(self.task_id, CheckName(check), CheckPlan(1, bounds, 1, list(notices)), self._cause)
        return self._recorded(run)

    def found(self, check: str, shard: int, *findings: NonCompliance) -> list[Recorded]:
        """A batch of findings of a shard was kept."""
        kept = self._shard(check, shard)
        kept.record_findings(
            ShardId(self.task_id, CheckName(check), shard), kept.batches, findings, Severity.LOW, NOON, self._cause
        )
        return self._recorded(kept)

    def shard_completed(
        self,
        check: str,
        shard: int,
        *,
        examined: int = 1,
        non_compliant: int = 0,
        not_judged: Mapping[str, int] | None = None,
    ) -> list[Recorded]:
        """A shard was judged."""
        kept = self._shard(check, shard)
        tally = ShardTally(examined, non_compliant, dict(not_judged or {}))
        kept.complete(ShardId(self.task_id, CheckName(check), shard), tally, self._cause)
        return self._recorded(kept)

    def check_ended(self, check: str, outcome: CheckOutcome = COMPLETED) -> list[Recorded]:
        """A check ended; with the last one, the audit."""
        run = self._run(check)
        run.end(self.task_id, CheckName(check), outcome, self._cause)
        self._task.record_check_outcome(CheckName(check), outcome, self._cause)
        return self._recorded(run, self._task)

    def canceled(self) -> list[Recorded]:
        """The audit was canceled."""
        self._task.cancel(self._cause)
        return self._recorded(self._task)

    def archived(self) -> list[Recorded]:
        """The audit was archived, long after its end."""
        archive = AuditArchive.unwritten(audit_archive_id(ACCOUNT, self.task_id))
        archive.record(self.task_id, ArchiveSummary("a.ndjson.gz", "ab" * 32, 9, 1, 9, {}), self._cause)
        return self._recorded(archive)

    def _run(self, check: str) -> CheckRun:
        stream = check_run_id(ACCOUNT, self.task_id, CheckName(check))
        return self._runs.setdefault(check, CheckRun.unwritten(stream))

    def _shard(self, check: str, number: int) -> CheckShard:
        stream = check_shard_id(ACCOUNT, self.task_id, CheckName(check), number)
        shard = ShardId(self.task_id, CheckName(check), number)
        return self._shards.setdefault(shard, CheckShard.unwritten(stream))

    def _recorded(self, *aggregates: Aggregate) -> list[Recorded]:
        recorded = []
        for aggregate in aggregates:
            for event in aggregate.collect_events():
                self.position += 1
                recorded.append(Recorded(self.position, cast("Event", event)))
        return recorded
