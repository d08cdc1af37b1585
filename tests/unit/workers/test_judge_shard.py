"""What judging a shard does: the log says it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from events.check_shard import FINDINGS_PER_EVENT, AuditFindingsRecorded, CheckShardCompleted, ShardId, ShardTally
from events.errors import StoreUnavailable
from events.vocabulary import CheckRunStatus, Severity
from tests.support.audit_story import AuditStory
from tests.support.begun_audit import NAMES, STARTED, TASK, Begin, numbered
from tests.support.fake_clock import FakeClock
from tests.support.given import ACCOUNT
from tests.support.made_up_checks import REGISTRY, thing
from workers.checks.check import Check, Circumstances
from workers.watched_rows import ROWS_BETWEEN_LOOKS


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
