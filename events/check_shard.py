"""What one check found in one slice of the inventory.

Its own stream, so that parallel workers never contend, and a repeated delivery finds its work done.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from events.event import Aggregate, Cause, Event
from events.resource import NonCompliance
from events.vocabulary import CheckName, Severity, TaskId

FINDINGS_PER_EVENT = 250
"""So that an event of ordinary findings stays far below the largest event (`events/codec.py`)."""


@dataclass(frozen=True)
class ShardId:
    """Which slice of which check of which audit."""

    task_id: TaskId
    check_name: CheckName
    number: int


@dataclass(frozen=True)
class ShardTally:
    """What one actor saw in one shard."""

    resources_examined: int
    non_compliant_resources: int
    not_judged: dict[str, int] = field(default_factory=dict)
    """How many resources could not be judged, by the reason in words."""


class CheckShard(Aggregate):
    """Decides that each batch of findings is kept once, however often it is delivered."""

    batches: int
    is_completed: bool

    def begin(self) -> None:
        """Start as a shard in which nobody has looked."""
        self.batches = 0
        self.is_completed = False

    def record_findings(
        self,
        shard: ShardId,
        batch: int,
        findings: Sequence[NonCompliance],
        severity: Severity,
        task_started_at: datetime,
        cause: Cause,
    ) -> None:
        """Keep batch number `batch` (from 0) of the shard's findings; one that is here already changes nothing.

        A shard is judged on a recorded inventory version at a recorded time, so the same batch number always
        holds the same findings.
        """
        if batch == self.batches:
            self.trigger(
                AuditFindingsRecorded,
                cause,
                shard=shard,
                batch=batch,
                severity=severity,
                task_started_at=task_started_at,
                findings=list(findings),
            )

    def complete(self, shard: ShardId, tally: ShardTally, cause: Cause) -> None:
        """Note that the whole shard was examined. A second report changes nothing."""
        if not self.is_completed:
            self.trigger(CheckShardCompleted, cause, shard=shard, tally=tally)


class AuditFindingsRecorded(Event):
    """Findings of one shard, some hundreds an event."""

    TOPIC = "CheckShard.FindingsRecorded.v1"
    shard: ShardId
    batch: int
    severity: Severity
    task_started_at: datetime
    findings: list[NonCompliance]

    def apply(self, shard: CheckShard) -> None:
        shard.batches = self.batch + 1


class CheckShardCompleted(Event):
    """A shard was examined to its end."""

    TOPIC = "CheckShard.Completed.v1"
    shard: ShardId
    tally: ShardTally

    def apply(self, shard: CheckShard) -> None:
        shard.is_completed = True
