"""A check is planned once and ends once; a shard keeps each batch of findings once."""

from events.audit_task import CheckOutcome
from events.check_run import (
    CheckDataCollected,
    CheckDataCollectionStarted,
    CheckPlan,
    CheckRun,
    CheckRunEnded,
    CheckRunPlanned,
)
from events.check_shard import (
    AuditFindingsRecorded,
    CheckShard,
    CheckShardCompleted,
    ShardId,
    ShardTally,
)
from events.resource import NonCompliance, Resource
from events.vocabulary import CheckName, CheckRunStatus, ResourceType, Severity, TaskId
from tests.support.given import ACCOUNT, CAUSE, NOON, Given, fact

TASK = TaskId("a" * 32)
LOGGING = CheckName("LOGGING_DISABLED_CHECK")
PLAN = CheckPlan(inventory_version=4, shard_bounds=["m", None], check_version=1, notices=[])
OTHER_PLAN = CheckPlan(inventory_version=5, shard_bounds=["q", None], check_version=1, notices=[])
PLANNED = fact(CheckRunPlanned, task_id=TASK, check_name=LOGGING, plan=PLAN)
COMPLIANT = CheckOutcome(CheckRunStatus.COMPLETED_COMPLIANT, resources_examined=1)
ENDED = fact(CheckRunEnded, task_id=TASK, check_name=LOGGING, outcome=COMPLIANT)


def plan(what: CheckPlan):
    return lambda run: run.record_plan(TASK, LOGGING, what, CAUSE)


def end(run: CheckRun) -> None:
    run.end(TASK, LOGGING, COMPLIANT, CAUSE)


def test_a_check_run_is_planned():
    Given(CheckRun).when(plan(PLAN)).then(PLANNED)


def test_the_first_plan_stands():
    Given(CheckRun, PLANNED).when(plan(OTHER_PLAN)).then_nothing()


def test_a_check_run_that_is_over_is_not_planned():
    Given(CheckRun, ENDED).when(plan(PLAN)).then_nothing()


def test_a_check_run_ends():
    Given(CheckRun, PLANNED).when(end).then(ENDED)


def test_a_check_run_ends_once():
    Given(CheckRun, PLANNED, ENDED).when(end).then_nothing()


COLLECTING = fact(CheckDataCollectionStarted, task_id=TASK, check_name=LOGGING)
COLLECTED = fact(CheckDataCollected, task_id=TASK, check_name=LOGGING, evidence_id="first")


def start_collecting(run: CheckRun) -> None:
    run.start_data_collection(TASK, LOGGING, CAUSE)


def collect(evidence_id: str):
    return lambda run: run.record_collected_data(TASK, LOGGING, evidence_id, CAUSE)


def test_a_check_run_waits_for_data_and_gets_it():
    Given(CheckRun).when(start_collecting).then(COLLECTING)
    Given(CheckRun, COLLECTING).when(collect("first")).then(COLLECTED)


def test_a_check_run_that_waits_for_data_already_does_not_begin_to():
    Given(CheckRun, COLLECTING).when(start_collecting).then_nothing()


def test_what_was_collected_first_stands():
    Given(CheckRun, COLLECTING, COLLECTED).when(collect("second")).then_nothing()


def test_a_check_run_that_is_planned_or_over_collects_nothing():
    for last in (PLANNED, ENDED):
        Given(CheckRun, last).when(start_collecting).then_nothing()
        Given(CheckRun, COLLECTING, last).when(collect("late")).then_nothing()


def test_a_check_run_is_planned_after_its_data_is_there():
    Given(CheckRun, COLLECTING, COLLECTED).when(plan(PLAN)).then(PLANNED)


SHARD = ShardId(TASK, LOGGING, 0)
TALLY = ShardTally(resources_examined=1, non_compliant_resources=1)
FINDING = NonCompliance(
    Resource(ResourceType.ACCOUNT_SETTINGS, {"account": ACCOUNT}), "LOGGING_DISABLED", "Logging is disabled."
)


def batch(number: int):
    return fact(
        AuditFindingsRecorded,
        shard=SHARD,
        batch=number,
        severity=Severity.LOW,
        task_started_at=NOON,
        findings=[FINDING],
    )


def record(number: int):
    return lambda shard: shard.record_findings(SHARD, number, [FINDING], Severity.LOW, NOON, CAUSE)


COMPLETED = fact(CheckShardCompleted, shard=SHARD, tally=TALLY)


def complete(shard: CheckShard) -> None:
    shard.complete(SHARD, TALLY, CAUSE)


def test_a_shard_keeps_its_findings_in_batches():
    Given(CheckShard, batch(0)).when(record(1)).then(batch(1))


def test_a_batch_that_is_delivered_again_changes_nothing():
    Given(CheckShard, batch(0), batch(1)).when(record(0)).then_nothing()


def test_a_shard_is_completed():
    Given(CheckShard, batch(0)).when(complete).then(COMPLETED)


def test_a_shard_is_completed_once():
    Given(CheckShard, batch(0), COMPLETED).when(complete).then_nothing()
