"""What an actor does, called as a function: the log says what it did."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from events.audit_task import CheckOutcome
from events.check_run import CheckPlan, CheckRunEnded, CheckRunPlanned
from events.check_shard import FINDINGS_PER_EVENT, AuditFindingsRecorded, CheckShardCompleted, ShardId, ShardTally
from events.errors import StoreUnavailable
from events.vocabulary import CheckErrorCode, CheckName, CheckRunStatus, Severity, TaskId
from tests.support.audit_story import AuditStory
from tests.support.fake_clock import FakeClock
from tests.support.fleet_in_memory import VERSION, FleetInMemory
from tests.support.given import ACCOUNT
from tests.support.made_up_checks import NAMES_CHECK, REGISTRY, thing
from tests.support.workshop import Workshop, open_workshop
from workers.checks.check import Check, Circumstances
from workers.run_check import MOST_SHARDS, at_most, judge_shard, plan_check
from workers.watched_rows import ROWS_BETWEEN_LOOKS

NAMES = CheckName("NAMES_CHECK")
REQUIRING = CheckName("REQUIRING_CHECK")
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


@pytest.fixture
def begun(tmp_path: Path) -> Iterator[Begin]:
    """Make the one case of a test: `begun("name", ...)`."""
    with ExitStack() as stack:

        def begin(*names: str, checks: tuple[str, ...] = (NAMES,), **fleet: Any) -> Case:
            things = FleetInMemory([{"name": name} for name in names], **fleet)
            workshop = stack.enter_context(open_workshop(tmp_path, things, REGISTRY, SHARD_SIZE))
            workshop.start_audit(*checks)
            return Case(workshop, things)

        yield begin


def numbered(prefix: str, number: int) -> list[str]:
    return [f"{prefix}{each:05}" for each in range(number)]


# Planning


def test_planning_cuts_what_the_check_examines_into_shards(begun: Begin):
    case = begun(*numbered("thing", 250))
    case.plan()
    [planned] = case.workshop.events(CheckRunPlanned)
    assert planned.plan == CheckPlan(VERSION, ["thing00099", "thing00199", None], NAMES_CHECK.version, [])


def test_what_the_worker_records_bears_the_request_that_began_the_audit(begun: Begin):
    case = begun("bad")
    case.plan()
    case.judge()
    started = case.workshop.stream(TASK)[0]
    [planned] = case.workshop.events(CheckRunPlanned)
    [completed] = case.workshop.events(CheckShardCompleted)
    assert (planned.actor, planned.request_id) == ("worker", started.request_id)
    assert planned.causation_id == str(started.event_id)
    assert (completed.actor, completed.request_id) == ("worker", started.request_id)
    assert completed.causation_id == str(planned.event_id)


def test_a_check_over_nothing_is_planned_with_no_shard(begun: Begin):
    case = begun()
    case.plan()
    [planned] = case.workshop.events(CheckRunPlanned)
    assert planned.plan.shard_bounds == []


def test_a_check_without_what_it_requires_fails_as_not_permitted(begun: Begin):
    case = begun(checks=(REQUIRING,))
    case.plan(REQUIRING)
    assert case.outcome() == CheckOutcome(
        CheckRunStatus.FAILED,
        error_code=CheckErrorCode.INSUFFICIENT_PERMISSIONS,
        message="There are no things to look at.",
    )


def test_what_a_check_can_not_look_at_is_in_its_plan(begun: Begin):
    case = begun("thing", checks=(REQUIRING,))
    case.plan(REQUIRING)
    [planned] = case.workshop.events(CheckRunPlanned)
    assert planned.plan.notices == ["In us-east-1 one half was not examined."]


def test_planning_twice_changes_nothing(begun: Begin):
    case = begun("thing")
    case.plan()
    appended = case.appended()
    case.plan()
    assert case.appended() == appended


def test_planning_a_canceled_audit_changes_nothing(begun: Begin):
    case = begun("thing")
    appended = case.workshop.cancel(TASK)
    case.plan()
    assert case.appended() == appended


@pytest.mark.parametrize("task", [TaskId("b" * 32), TASK])
def test_a_message_about_what_was_never_asked_for_changes_nothing(begun: Begin, task: TaskId):
    case = begun("thing")
    appended = case.appended()
    case.plan(REQUIRING, task)
    assert case.appended() == appended


def test_a_check_that_this_version_does_not_have_fails(begun: Begin):
    case = begun("thing")
    case.worker = replace(case.worker, registry={})
    case.plan()
    assert case.outcome().status is CheckRunStatus.FAILED
    assert "does not have the check" in (case.outcome().message or "")


def test_a_plan_never_has_too_many_shards():
    bounds = [*numbered("b", 10 * MOST_SHARDS + 3), None]
    joined = at_most(MOST_SHARDS, bounds)
    assert MOST_SHARDS / 2 < len(joined) <= MOST_SHARDS
    assert joined[-1] is None
    assert joined == [bound for bound in bounds if bound in joined]
    assert at_most(MOST_SHARDS, bounds[-MOST_SHARDS:]) == bounds[-MOST_SHARDS:]


# Judging


def test_judging_keeps_what_was_found_in_the_shard(begun: Begin):
    case = begun("bad1", "good", "unreadable1", "unreadable2")
    case.plan()
    case.judge()
    [found] = case.workshop.events(AuditFindingsRecorded)
    [completed] = case.workshop.events(CheckShardCompleted)
    assert (found.findings, found.severity, found.task_started_at) == ([thing("bad1")], Severity.HIGH, STARTED)
    assert completed.shard == ShardId(TASK, NAMES, 0)
    assert completed.tally == ShardTally(4, 1, {"things that can't be read": 2})


@pytest.mark.parametrize(("shard", "first", "last"), [(0, 0, 99), (1, 100, 199), (2, 200, 249)])
def test_a_shard_is_judged_on_its_own_rows_only(begun: Begin, shard: int, first: int, last: int):
    case = begun(*numbered("bad", 250))
    case.plan()
    case.judge(shard)
    assert case.found() == [f"bad{number:05}" for number in range(first, last + 1)]


def test_judging_twice_changes_nothing_and_reads_nothing(begun: Begin):
    case = begun("bad", "good")
    case.plan()
    case.judge()
    appended, rows_read = case.appended(), case.fleet.rows_read
    case.judge()
    assert case.appended() == appended
    assert case.fleet.rows_read == rows_read


def test_a_shard_of_which_a_part_is_kept_already_is_completed(begun: Begin):
    names = numbered("bad", FINDINGS_PER_EVENT + 50)
    case = begun(*names)
    case.worker = replace(case.worker, shard_size=len(names))
    case.plan()
    died_after = AuditStory(TASK).found(NAMES, 0, *[thing(name) for name in names[:FINDINGS_PER_EVENT]])
    case.workshop.log.append([recorded.event for recorded in died_after])
    case.judge()
    assert case.found() == names
    [completed] = case.workshop.events(CheckShardCompleted)
    assert completed.tally.non_compliant_resources == len(names)


def test_a_resource_with_two_reasons_counts_once_and_the_same_reason_is_kept_once(begun: Begin):
    case = begun("bad")
    case.plan()
    two = [thing("bad"), replace(thing("bad"), reason_code="WORSE_NAME"), thing("bad")]
    case.replace_check(judge=lambda rows, _: iter(two * len(list(rows))))
    case.judge()
    [found] = case.workshop.events(AuditFindingsRecorded)
    [completed] = case.workshop.events(CheckShardCompleted)
    assert found.findings == two[:2]
    assert completed.tally == ShardTally(1, 1)


def test_a_shard_is_judged_at_the_moment_when_the_audit_started(begun: Begin):
    case = begun("thing")
    seen: list[Circumstances] = []

    def judge(rows: Any, circumstances: Circumstances) -> Iterator[Any]:
        seen.append(circumstances)
        return iter(())

    case.replace_check(judge=judge)
    case.plan()
    clock = case.worker.clock
    assert isinstance(clock, FakeClock)
    clock.advance(timedelta(days=1))
    case.judge()
    assert seen == [Circumstances(ACCOUNT, "us-east-1", STARTED, {}, None)]


def test_judging_before_the_plan_changes_nothing(begun: Begin):
    case = begun("bad")
    appended = case.appended()
    case.judge()
    assert case.appended() == appended


def test_judging_a_canceled_audit_changes_nothing(begun: Begin):
    case = begun("bad")
    case.plan()
    appended = case.workshop.cancel(TASK)
    case.judge()
    assert case.appended() == appended
    assert case.fleet.rows_read == 0


def test_judging_stops_soon_after_a_cancel_and_keeps_nothing(begun: Begin):
    positions: list[int] = []

    def cancel(name: str) -> None:
        if name == "bad00010":
            positions.append(case.workshop.cancel(TASK))

    case = begun(*numbered("bad", 10_000), before_row=cancel)
    case.worker = replace(case.worker, shard_size=10_000, monotonic=count().__next__)
    case.plan()
    case.judge()
    assert case.fleet.rows_read <= 2 * ROWS_BETWEEN_LOOKS
    assert [case.appended()] == positions


def test_a_report_that_comes_after_the_cancel_is_refused(begun: Begin):
    positions: list[int] = []

    def cancel(name: str) -> None:
        positions.append(case.workshop.cancel(TASK))

    case = begun("bad", before_row=cancel)
    case.plan()
    case.judge()
    assert [case.appended()] == positions


def test_judging_is_abandoned_when_the_process_stops(begun: Begin):
    case = begun(*numbered("bad", 1000))
    case.worker.stopping.set()
    case.worker = replace(case.worker, shard_size=1000, monotonic=count().__next__)
    case.plan()
    appended = case.appended()
    case.judge()
    assert case.appended() == appended
    assert case.fleet.rows_read <= 2 * ROWS_BETWEEN_LOOKS


def test_a_crash_in_a_check_fails_that_check_and_tells_only_the_log(
    begun: Begin, caplog: pytest.LogCaptureFixture
):
    case = begun("bad", "crash")
    case.plan()
    case.judge()
    assert case.outcome().status is CheckRunStatus.FAILED
    assert case.outcome().error_code is None
    assert "secret" not in (case.outcome().message or "")
    assert "/secret/path" in caplog.text
    assert case.found() == []


def test_a_crash_while_planning_fails_the_check(begun: Begin, caplog: pytest.LogCaptureFixture):
    case = begun("thing")
    case.replace_check(notices=lambda _: 1 // 0)
    case.plan()
    assert case.outcome().status is CheckRunStatus.FAILED
    assert "ZeroDivisionError" in caplog.text


def test_a_store_that_is_away_is_not_the_checks_fault(begun: Begin):
    def fail(_: str) -> None:
        raise StoreUnavailable("The inventory can't be read.")

    case = begun("bad", before_row=fail)
    case.plan()
    appended = case.appended()
    with pytest.raises(StoreUnavailable):
        case.judge()
    assert case.appended() == appended


def test_other_shards_of_a_check_that_failed_are_not_judged(begun: Begin):
    case = begun(*numbered("bad", 150), "crash", checks=(NAMES, "OTHER_NAMES_CHECK"))
    case.plan()
    case.judge(1)
    appended = case.appended()
    case.judge(0)
    assert case.appended() == appended


def test_the_registry_of_made_up_checks_is_in_order():
    assert all(isinstance(check, Check) and check.name == name for name, check in REGISTRY.items())
