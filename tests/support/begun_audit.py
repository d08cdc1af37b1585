"""An audit that has been started over some things, and the actors called as functions."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from events.audit_task import CheckOutcome
from events.check_run import CheckRunEnded
from events.check_shard import AuditFindingsRecorded
from events.vocabulary import CheckName, TaskId
from tests.support.fake_clock import FakeClock
from tests.support.fleet_in_memory import FleetInMemory
from tests.support.given import ACCOUNT
from tests.support.made_up_checks import NAMES_CHECK
from tests.support.workshop import Workshop
from workers.run_check import judge_shard, plan_check

NAMES = CheckName("NAMES_CHECK")
NOTICING = CheckName("NOTICING_CHECK")
SHARD_SIZE = 100
TASK = TaskId("a" * 32)
STARTED = FakeClock().now()


class Case:
    """An audit that has been started, over some things."""

    def __init__(self, workshop: Workshop, fleet: FleetInMemory) -> None:
        self.workshop = workshop
        self.fleet = fleet
        self.worker = workshop.worker

    def plan(self, check: CheckName = NAMES, task_id: TaskId = TASK) -> None:
        plan_check(self.worker, ACCOUNT, task_id, check)

    def judge(self, shard: int = 0, check: CheckName = NAMES) -> None:
        judge_shard(self.worker, ACCOUNT, TASK, check, shard)

    def appended(self) -> int:
        return self.workshop.log.last_position()

    def outcome(self) -> CheckOutcome:
        [ended] = self.workshop.events(CheckRunEnded)
        return ended.outcome

    def found(self) -> list[str]:
        batches = self.workshop.events(AuditFindingsRecorded)
        return [finding.additional_info["name"] for batch in batches for finding in batch.findings]

    def replace_check(self, **changes: Any) -> None:
        check = replace(NAMES_CHECK, **changes)
        self.worker = replace(self.worker, registry={NAMES: check})


Begin = Callable[..., Case]


def numbered(prefix: str, number: int) -> list[str]:
    return [f"{prefix}{each:05}" for each in range(number)]
