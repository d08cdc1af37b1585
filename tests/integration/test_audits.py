"""Whole audits: the log, the dispatcher and Dramatiq's threads, over made-up things."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from events.audit_task import AuditTaskCanceled, AuditTaskCompleted, AuditTaskFailed, CheckOutcome
from events.check_run import CheckRunEnded
from events.vocabulary import CheckErrorCode, CheckRunStatus
from tests.support.fleet_in_memory import FleetInMemory
from tests.support.made_up_checks import OTHER_NAMES_CHECK, REGISTRY
from tests.support.workshop import Workshop, at_work, open_workshop

THINGS = 3000
BAD = [f"bad{number:05}" for number in range(0, THINGS, 10)]
GOOD = [f"thing{number:05}" for number in range(THINGS - len(BAD))]
FLEET = [{"name": name} for name in (*GOOD, *BAD)]
UNKNOWN = FleetInMemory([], is_listed=False)
NON_COMPLIANT = CheckOutcome(CheckRunStatus.COMPLETED_NON_COMPLIANT, THINGS, len(BAD))


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    with open_workshop(tmp_path, FleetInMemory(FLEET), REGISTRY) as workshop:
        yield workshop


@pytest.mark.parametrize("threads", [1, 4])
def test_an_audit_ends_by_itself_with_exact_counts(workshop: Workshop, tmp_path: Path, threads: int):
    with at_work(workshop, tmp_path, threads=threads):
        task = workshop.start_audit("NAMES_CHECK", "OTHER_NAMES_CHECK")
        assert workshop.wait_until_over(task) is AuditTaskCompleted
    assert workshop.outcomes(task) == {"NAMES_CHECK": NON_COMPLIANT, "OTHER_NAMES_CHECK": NON_COMPLIANT}
    findings = workshop.findings(task)
    assert len(findings) == len(set(findings)) == 2 * len(BAD)


def test_ten_audits_at_once_all_end(workshop: Workshop, tmp_path: Path):
    with at_work(workshop, tmp_path, threads=2):
        tasks = [workshop.start_audit("NAMES_CHECK", task_id=f"{number:032x}") for number in range(10)]
        for task in tasks:
            assert workshop.wait_until_over(task) is AuditTaskCompleted
    assert all(workshop.outcomes(task) == {"NAMES_CHECK": NON_COMPLIANT} for task in tasks)
    assert all(len(workshop.findings(task)) == len(BAD) for task in tasks)


def test_an_audit_that_was_started_before_the_workers_is_done_too(workshop: Workshop, tmp_path: Path):
    task = workshop.start_audit("NAMES_CHECK")
    with at_work(workshop, tmp_path):
        assert workshop.wait_until_over(task) is AuditTaskCompleted


def test_a_crash_in_one_check_fails_that_check_only(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    def crash(rows: Any, circumstances: Any) -> Iterator[Any]:
        raise RuntimeError("on purpose")

    other = replace(OTHER_NAMES_CHECK, judge=crash)
    registry = {**REGISTRY, other.name: other}
    with open_workshop(tmp_path, FleetInMemory(FLEET), registry) as workshop, at_work(workshop, tmp_path):
        task = workshop.start_audit("NAMES_CHECK", "OTHER_NAMES_CHECK")
        assert workshop.wait_until_over(task) is AuditTaskCompleted
        outcomes = workshop.outcomes(task)
        assert outcomes["NAMES_CHECK"] == NON_COMPLIANT
        assert outcomes["OTHER_NAMES_CHECK"].status is CheckRunStatus.FAILED


def test_an_audit_whose_every_check_failed_has_failed(tmp_path: Path):
    with open_workshop(tmp_path, UNKNOWN, REGISTRY) as workshop, at_work(workshop, tmp_path):
        task = workshop.start_audit("NAMES_CHECK")
        assert workshop.wait_until_over(task) is AuditTaskFailed
        [outcome] = workshop.outcomes(task).values()
        assert outcome.error_code is CheckErrorCode.INSUFFICIENT_PERMISSIONS


def test_an_audit_over_nothing_is_compliant(tmp_path: Path):
    with open_workshop(tmp_path, FleetInMemory([]), REGISTRY) as workshop, at_work(workshop, tmp_path):
        task = workshop.start_audit("NAMES_CHECK")
        assert workshop.wait_until_over(task) is AuditTaskCompleted
        assert workshop.outcomes(task)["NAMES_CHECK"] == CheckOutcome(CheckRunStatus.COMPLETED_COMPLIANT)


def test_a_canceled_audit_stops_working_within_two_seconds(tmp_path: Path):
    slowly = threading.Event()
    begun = threading.Event()

    def take_a_millisecond(_: str) -> None:
        begun.set()
        slowly.wait(0.001)

    fleet = FleetInMemory([{"name": f"bad{number:05}"} for number in range(50_000)], before_row=take_a_millisecond)
    with (
        open_workshop(tmp_path, fleet, REGISTRY, shard_size=25_000) as workshop,
        at_work(workshop, tmp_path, threads=2) as work,
    ):
        task = workshop.start_audit("NAMES_CHECK", "OTHER_NAMES_CHECK")
        assert begun.wait(10)
        canceled = workshop.cancel(task)
        assert work.follower.wait_until(canceled, timeout=2)
        work.wait_until_idle(timeout=2)
        assert workshop.wait_until_over(task) is AuditTaskCanceled
        while len(ends := workshop.events(CheckRunEnded)) < 2:
            assert work.follower.wait_until(workshop.log.last_position(), timeout=2)
        assert {end.outcome.status for end in ends} == {CheckRunStatus.CANCELED}
        assert workshop.findings(task) == []


def test_workers_that_are_stopped_in_the_middle_finish_after_the_next_start(tmp_path: Path):
    in_the_middle = threading.Event()
    go_on = threading.Event()

    def wait_in_the_middle(name: str) -> None:
        if name == BAD[100]:
            in_the_middle.set()
            go_on.wait(0.01)

    fleet = FleetInMemory(FLEET, before_row=wait_in_the_middle)
    with open_workshop(tmp_path, fleet, REGISTRY, shard_size=50) as workshop:
        with at_work(workshop, tmp_path):
            task = workshop.start_audit("NAMES_CHECK")
            assert in_the_middle.wait(10)
        with at_work(workshop, tmp_path):
            assert workshop.wait_until_over(task) is AuditTaskCompleted
        assert workshop.outcomes(task) == {"NAMES_CHECK": NON_COMPLIANT}
        findings = workshop.findings(task)
        assert len(findings) == len(set(findings)) == len(BAD)
