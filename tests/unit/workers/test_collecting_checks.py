"""A check that needs more than the inventory waits for it, once, before it is planned."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest

from events.check_run import CheckDataCollected, CheckDataCollectionStarted, CheckRunEnded, CheckRunPlanned
from events.errors import StoreUnavailable
from events.vocabulary import AccountId, CheckName, CheckRunStatus, TaskId
from tests.support.fleet_in_memory import VERSION, FleetInMemory
from tests.support.given import ACCOUNT
from tests.support.made_up_checks import NAMES_CHECK, REGISTRY, judge_by_name
from tests.support.workshop import Workshop, at_work, open_workshop
from workers.checks.check import Check, Circumstances, Collects
from workers.judging.revocation import Chain, Lists, Revocations, Source
from workers.judging.revoked_serials import RevokedSerials
from workers.run_check import judge_shard, plan_check

NAMES = CheckName("NAMES_CHECK")
OTHER_NAMES = CheckName("OTHER_NAMES_CHECK")
TASK = TaskId("a" * 32)


class NoRevocations:
    """Knows of no list."""

    def lists_of(self, _: Source) -> Lists:
        return Lists()

    def chain_of(self, _: Source) -> Chain:
        return Chain()

    def revoked(self, _: str) -> RevokedSerials:
        return RevokedSerials.of([])


@dataclass
class MadeUpCollector:
    """Collects evidence of the number of times that it was asked to. Implements Collector."""

    meanwhile: Callable[[], None] = lambda: None
    asked: list[tuple[AccountId, int]] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    kept: NoRevocations = field(default_factory=NoRevocations)

    def collect(
        self, account: AccountId, _: Check, version: int, __: datetime, is_wanted: Callable[[], bool]
    ) -> str | None:
        self.asked.append((account, version))
        self.meanwhile()
        return f"evidence-{len(self.asked)}" if is_wanted() else None

    def revocations(self, evidence_id: str) -> Revocations:
        self.given.append(evidence_id)
        return self.kept


class Case:
    """An audit of one collecting check has been started over some things."""

    def __init__(self, workshop: Workshop, collector: MadeUpCollector, **check: object) -> None:
        self.workshop = workshop
        self.collector = collector
        collecting = replace(NAMES_CHECK, collects=Collects.LISTS, **check)  # type: ignore[arg-type]
        self.worker = replace(workshop.worker, registry={NAMES: collecting}, collector=collector)

    def plan(self) -> None:
        plan_check(self.worker, ACCOUNT, TASK, NAMES)


@pytest.fixture
def workshop(tmp_path) -> Iterator[Workshop]:
    things = FleetInMemory([{"name": f"bad{number:03}"} for number in range(250)])
    with open_workshop(tmp_path, things, REGISTRY) as opened:
        opened.start_audit(NAMES)
        yield opened


def test_a_check_is_planned_after_its_data_was_collected(workshop):
    case = Case(workshop, MadeUpCollector())
    case.plan()
    [waiting], [collected] = workshop.events(CheckDataCollectionStarted), workshop.events(CheckDataCollected)
    [planned] = workshop.events(CheckRunPlanned)
    assert case.collector.asked == [(ACCOUNT, VERSION)]
    assert collected.evidence_id == "evidence-1"
    assert [waiting.originator_version, collected.originator_version, planned.originator_version] == [1, 2, 3]


def test_a_check_judges_by_what_was_collected_for_it(workshop):
    seen: list[Circumstances] = []

    def judge(rows, circumstances):
        seen.append(circumstances)
        return judge_by_name(rows, circumstances)

    case = Case(workshop, MadeUpCollector(), judge=judge)
    case.plan()
    for shard in range(3):
        judge_shard(case.worker, ACCOUNT, TASK, NAMES, shard)
    assert [each.revocations for each in seen] == [case.collector.kept] * 3
    assert {*case.collector.given} == {"evidence-1"}


def test_what_was_collected_before_the_process_died_is_not_collected_again(workshop):
    def die(_: Circumstances) -> list[str]:
        raise StoreUnavailable("This is as far as it comes.")

    died = Case(workshop, MadeUpCollector(), notices=die)
    with pytest.raises(StoreUnavailable):
        died.plan()
    case = Case(workshop, died.collector)
    case.plan()
    assert len(case.collector.asked) == 1
    assert len(workshop.events(CheckRunPlanned)) == 1


def test_nothing_is_collected_for_a_check_that_has_nothing_to_examine(tmp_path):
    with open_workshop(tmp_path, FleetInMemory([]), REGISTRY) as empty:
        empty.start_audit(NAMES)
        case = Case(empty, MadeUpCollector())
        case.plan()
        assert case.collector.asked == []
        [planned] = empty.events(CheckRunPlanned)
        assert planned.plan.shard_bounds == []


def test_an_audit_that_is_canceled_while_collecting_is_not_planned(workshop):
    case = Case(workshop, MadeUpCollector(meanwhile=lambda: workshop.cancel(TASK)))
    case.plan()
    assert workshop.events(CheckDataCollected) == []
    assert workshop.events(CheckRunPlanned) == []


def test_of_two_that_collect_at_once_the_first_evidence_stands_for_both(workshop):
    first = Case(workshop, MadeUpCollector())
    second = Case(workshop, MadeUpCollector(meanwhile=first.plan))
    second.plan()
    [collected] = workshop.events(CheckDataCollected)
    [_] = workshop.events(CheckRunPlanned)
    judge_shard(second.worker, ACCOUNT, TASK, NAMES, 0)
    assert second.collector.given[-1] == collected.evidence_id


def test_a_crash_while_collecting_fails_the_check(workshop, caplog):
    def crash() -> None:
        raise ValueError("what should not happen")

    Case(workshop, MadeUpCollector(meanwhile=crash)).plan()
    [ended] = workshop.events(CheckRunEnded)
    assert ended.outcome.status is CheckRunStatus.FAILED
    assert "what should not happen" in caplog.text


def test_a_check_that_is_judged_whole_has_one_shard(workshop):
    case = Case(workshop, MadeUpCollector(), is_judged_whole=True)
    case.plan()
    [planned] = workshop.events(CheckRunPlanned)
    assert planned.plan.shard_bounds == [None]


def test_collecting_keeps_no_other_check_waiting(tmp_path, workshop):
    """The one check collects until the other's audit is over."""
    other = TaskId("b" * 32)
    collector = MadeUpCollector(meanwhile=lambda: workshop.wait_until_over(other) and None)
    case = Case(workshop, collector)
    workshop.worker = replace(
        case.worker,
        registry={**case.worker.registry, OTHER_NAMES: REGISTRY[OTHER_NAMES]},
    )
    workshop.start_audit(OTHER_NAMES, task_id=other)
    with at_work(workshop, tmp_path, threads=1):
        workshop.wait_until_over(TASK)
    assert len(collector.asked) == 1
