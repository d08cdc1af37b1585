"""A check of connections from its plan to its findings, over a real presence store."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from events.check_run import CheckRunPlanned
from events.store.database import SqliteDatabase
from events.vocabulary import CheckErrorCode, CheckName, CheckRunStatus, TaskId
from tests.support.fake_clock import FakeClock
from tests.support.fleet_in_memory import FleetInMemory
from tests.support.given import ACCOUNT
from tests.support.presence import connect, disconnect
from tests.support.workshop import Workshop, open_workshop
from workers import run_check
from workers.checks import REGISTRY
from workers.presence.connections import Presence
from workers.presence.store import PresenceStore

SHARED = CheckName("DEVICE_CERTIFICATE_SHARED_CHECK")
HOUR_MS = 3_600_000
NOW_MS = 1_767_225_600_000


class Connecting:
    """An audit of shared certificates over a store that a test tells of connections."""

    def __init__(self, workshop: Workshop, database: SqliteDatabase) -> None:
        self.workshop = workshop
        clock = workshop.clock
        assert isinstance(clock, FakeClock)
        self.clock = clock
        self.store = PresenceStore(database, clock)
        self.worker = replace(workshop.worker, presence=Presence(database, self.store), shard_size=2)
        self.certificates = ["a" * 64, "b" * 64]

    def tell(self) -> None:
        for certificate in self.certificates:
            for client in ("door-1", "door-2"):
                at = NOW_MS - 10 * HOUR_MS
                self.store.record(ACCOUNT, [connect(client, at, principalIdentifier=certificate)])

    def plan(self) -> TaskId:
        task = self.workshop.start_audit(SHARED)
        run_check.plan_check(self.worker, ACCOUNT, task, SHARED)
        return task

    def judge(self, task: TaskId, shard: int) -> None:
        run_check.judge_shard(self.worker, ACCOUNT, task, SHARED, shard)


@pytest.fixture
def connecting(tmp_path: Path) -> Iterator[Connecting]:
    database = SqliteDatabase(tmp_path / "presence.sqlite", durable=False)
    with open_workshop(tmp_path, FleetInMemory([]), REGISTRY) as workshop:
        yield Connecting(workshop, database)
    database.close()


def test_each_shard_finds_its_own_certificates_once(connecting):
    connecting.tell()
    task = connecting.plan()
    [planned] = connecting.workshop.events(CheckRunPlanned)
    assert planned.plan.shard_bounds == ["a" * 64, None]
    for shard in (0, 1, 0, 1):
        connecting.judge(task, shard)
    findings = connecting.workshop.findings(task)
    assert len(findings) == len(set(findings)) == 2


def test_what_is_told_after_the_plan_changes_nothing(connecting):
    connecting.tell()
    task = connecting.plan()
    connecting.judge(task, 0)
    for certificate in connecting.certificates:
        end = disconnect("door-1", NOW_MS - 11 * HOUR_MS, principalIdentifier=certificate)
        connecting.store.record(ACCOUNT, [end])
    connecting.clock.advance(timedelta(hours=20))
    connecting.store.prune(connecting.clock.now() - timedelta(days=32))
    connecting.judge(task, 1)
    assert len(connecting.workshop.findings(task)) == 2


def test_a_check_that_is_disabled_meanwhile_fails_and_says_so(connecting):
    connecting.tell()
    task = connecting.plan()
    connecting.judge(task, 0)
    connecting.store.forget(ACCOUNT)
    connecting.judge(task, 1)
    outcome = connecting.workshop.outcomes(task)[SHARED]
    assert (outcome.status, outcome.error_code) == (
        CheckRunStatus.FAILED,
        CheckErrorCode.AUDIT_CHECK_DISABLED,
    )


def test_nothing_known_is_a_failure(connecting):
    task = connecting.plan()
    outcome = connecting.workshop.outcomes(task)[SHARED]
    assert (outcome.status, outcome.error_code) == (
        CheckRunStatus.FAILED,
        CheckErrorCode.INSUFFICIENT_PERMISSIONS,
    )
