"""A past audit is judged again, and says what differs and why."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from events.audit_archive import ArchiveSummary, AuditArchive
from events.identifiers import audit_archive_id
from events.store.database import SqliteDatabase
from events.vocabulary import AccountId, CheckName, Severity, TaskId
from tests.support.audited_case import audited
from tests.support.check_cases import ACCOUNT as CASE_ACCOUNT
from tests.support.check_cases import fingerprints, read_cases
from tests.support.fake_clock import FakeClock
from tests.support.fleet_in_memory import FleetInMemory
from tests.support.given import ACCOUNT
from tests.support.made_up_checks import NAMES_CHECK, OTHER_NAMES_CHECK, REGISTRY
from tests.support.workshop import Workshop, at_work, open_workshop
from workers.judging_again.check_judged_again import Change, DifferingFinding, Result, overall
from workers.judging_again.judging_again import (
    BLOCKLIST_DIFFERS,
    BLOCKLIST_UNKNOWN,
    CONNECTIONS_GONE,
    EVIDENCE_GONE,
    NO_SUCH_CHECK,
    ROWS_GONE,
    UNEXPLAINED,
    JudgedOn,
    JudgingAgain,
)
from workers.judging_again.recorded_audit import CanNotBeJudged, read_recorded_audit
from workers.presence.connections import Presence
from workers.presence.store import KEPT_FOR, LONGEST_AUDIT, PresenceStore
from workers.revocation.store import RevocationStore

NAMES = CheckName("NAMES_CHECK")
FLEET = [{"name": name} for name in ("bad1", "bad2", "good", "unreadable")]
TASK = TaskId("a" * 32)
CLOCK = FakeClock()


def first_with_findings(check: str):
    return next(each for each in read_cases() if each.check.name == check and each.expected.get("findings"))


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    fleet = FleetInMemory(FLEET)
    with open_workshop(tmp_path, fleet, REGISTRY, shard_size=2) as workshop:
        yield workshop


@pytest.fixture
def on(workshop: Workshop, tmp_path: Path) -> Iterator[JudgedOn]:
    with closing(SqliteDatabase(tmp_path / "others.sqlite")) as database:
        yield JudgedOn(
            workshop.worker.inventory,
            lambda _: True,
            RevocationStore(database),
            Presence(database, PresenceStore(database, CLOCK)),
            REGISTRY,
            None,
            "us-east-1",
            CLOCK,
        )


def audit(workshop: Workshop, directory: Path, *checks: str) -> None:
    with at_work(workshop, directory):
        workshop.wait_until_over(workshop.start_audit(*(checks or (NAMES,)), task_id=TASK))


def judged_again(workshop: Workshop, on: JudgedOn):
    """Judge every check again; return what came of each, and what differs."""
    recorded = read_recorded_audit(workshop.log, ACCOUNT, TASK)
    differing: list[DifferingFinding] = []
    pieces: list[int] = []
    judging = JudgingAgain(recorded, on, differing.append, pieces.append)
    return {check.name: judging.judge(check) for check in recorded.checks}, differing


def other_directory(directory: Path) -> Path:
    other = directory / "other"
    other.mkdir()
    return other


def changed(on: JudgedOn, **changes) -> JudgedOn:
    """Today's code of the check is another one."""
    return replace(on, registry={NAMES: replace(NAMES_CHECK, **changes)})


def judge_ends(rows, _):
    """`bad2` is not so bad, `good` is bad now, and of `bad1` something else is said."""
    for finding in NAMES_CHECK.judge(((name.replace("good", "bad-after-all"),) for (name,) in rows), _):
        name = getattr(finding, "additional_info", {}).get("name")
        if name == "bad1":
            yield replace(finding, reason="The name is worse than bad.")
        elif name != "bad2":
            yield finding


def test_a_check_whose_code_has_changed_differs_in_exactly_what_it_says_now(workshop, on, tmp_path):
    audit(workshop, tmp_path)

    judged, differing = judged_again(workshop, changed(on, judge=judge_ends, version=4))

    assert judged[NAMES].result is Result.DIFFERS
    assert judged[NAMES].reasons == ["check's code changed (v3 -> v4)"]
    assert judged[NAMES].differing == {Change.CHANGED: 1, Change.ONLY_THEN: 1, Change.ONLY_NOW: 1}
    assert {(each.change, each.either.resource.canonical) for each in differing} == {
        (Change.CHANGED, "CLIENT_ID/bad1"),
        (Change.ONLY_THEN, "CLIENT_ID/bad2"),
        (Change.ONLY_NOW, "CLIENT_ID/bad-after-all"),
    }


def test_another_version_of_the_same_code_comes_to_the_same(workshop, on, tmp_path):
    audit(workshop, tmp_path)
    judged, differing = judged_again(workshop, changed(on, version=9))
    assert (judged[NAMES].result, differing) == (Result.SAME, [])
    assert (judged[NAMES].version_then, judged[NAMES].version_now) == (3, 9)
    assert (judged[NAMES].examined, judged[NAMES].findings, judged[NAMES].shards) == (4, 2, 2)


def test_a_changed_check_that_kept_its_version_is_not_explained_away(workshop, on, tmp_path):
    audit(workshop, tmp_path)
    judged, _ = judged_again(workshop, changed(on, judge=judge_ends))
    assert judged[NAMES].reasons == [UNEXPLAINED]


def test_a_severity_is_part_of_a_finding(workshop, on, tmp_path):
    audit(workshop, tmp_path)
    judged, _ = judged_again(workshop, changed(on, severity=Severity.LOW, version=4))
    assert judged[NAMES].differing == {Change.CHANGED: 2}


def test_a_check_that_is_no_more_or_fails_today_can_not_be_judged_and_the_others_are(workshop, on, tmp_path):
    audit(workshop, tmp_path, NAMES, OTHER_NAMES_CHECK.name)

    def fail(rows, _):
        raise RuntimeError

    for registry, reason in (
        ({OTHER_NAMES_CHECK.name: OTHER_NAMES_CHECK}, NO_SUCH_CHECK),
        ({**REGISTRY, NAMES: replace(NAMES_CHECK, judge=fail)}, "today's code fails: RuntimeError"),
    ):
        judged, _ = judged_again(workshop, replace(on, registry=registry))
        assert (judged[NAMES].result, judged[NAMES].reasons) == (Result.CANNOT, [reason])
        assert judged[OTHER_NAMES_CHECK.name].result is Result.SAME


def test_a_version_that_retention_has_forgotten_can_not_be_judged(workshop, on, tmp_path):
    audit(workshop, tmp_path)
    judged, _ = judged_again(workshop, replace(on, is_kept=lambda _: False))
    assert (judged[NAMES].result, judged[NAMES].reasons) == (Result.CANNOT, [ROWS_GONE])


def test_rows_that_are_gone_are_noticed_by_their_number(workshop, on, tmp_path):
    audit(workshop, tmp_path)
    judged, differing = judged_again(workshop, replace(on, inventory=FleetInMemory([{"name": "good"}])))
    assert (judged[NAMES].result, judged[NAMES].reasons) == (Result.CANNOT, [ROWS_GONE])
    assert differing == []


def test_a_check_that_crashed_then_is_compared_as_far_as_it_came(workshop, on, tmp_path):
    crashing = FleetInMemory([{"name": name} for name in ("bad1", "bad2", "crash", "good")])
    with open_workshop(other_directory(tmp_path), crashing, REGISTRY, shard_size=2) as other:
        with at_work(other, tmp_path):
            other.wait_until_over(other.start_audit(NAMES, task_id=TASK))
        judged, _ = judged_again(other, replace(on, inventory=crashing))
    assert judged[NAMES].result is Result.SAME
    assert judged[NAMES].shards_not_done >= 1


def test_a_check_that_failed_before_it_was_planned_was_not_judged_then(on, tmp_path):
    with open_workshop(other_directory(tmp_path), FleetInMemory([], is_listed=False), REGISTRY) as other:
        with at_work(other, tmp_path):
            other.wait_until_over(other.start_audit(NAMES, task_id=TASK))
        judged, _ = judged_again(other, on)
    assert judged[NAMES].result is Result.NOT_JUDGED
    assert "failed before anything was judged" in judged[NAMES].reasons[0]


def test_an_audit_that_was_canceled_before_it_was_planned_was_not_judged(workshop, on):
    workshop.start_audit(NAMES, task_id=TASK)
    workshop.cancel(TASK)
    judged, _ = judged_again(workshop, on)
    assert judged[NAMES].result is Result.NOT_JUDGED


def test_an_audit_that_is_not_there_not_over_or_archived_is_refused(workshop):
    def read(account=ACCOUNT):
        return read_recorded_audit(workshop.log, account, TASK)

    with pytest.raises(CanNotBeJudged, match="has no audit"):
        read()
    workshop.start_audit(NAMES, task_id=TASK)
    with pytest.raises(CanNotBeJudged, match="in progress"):
        read()
    with pytest.raises(CanNotBeJudged, match="account 111111111111 has no audit"):
        read(AccountId("111111111111"))
    summary = ArchiveSummary("file", "0" * 64, 1, 1, 1, {})
    archive = audit_archive_id(ACCOUNT, TASK)
    workshop.committer.submit(
        lambda unit: unit.get(AuditArchive, archive).record(TASK, summary, workshop.cause())
    ).result()
    with pytest.raises(CanNotBeJudged, match="archived"):
        read()


WEAK = next(
    each
    for each in read_cases()
    if each.check.name == "DEVICE_CERTIFICATE_KEY_QUALITY_CHECK"
    and any("0166" in finding["reason"] for finding in each.expected.get("findings", []))
)
"""A case in which a key is on the list of weak keys."""


@pytest.mark.parametrize("now", [None, []])
def test_another_key_blocklist_is_named(tmp_path, now):
    with audited(WEAK, tmp_path) as then:
        then.on = replace(then.on, weak_keys=None if now is None else fingerprints(now))
        judged, differing = then.judged_again()
    assert (judged.result, judged.reasons) == (Result.DIFFERS, [BLOCKLIST_DIFFERS])
    assert {each.change for each in differing} == {Change.ONLY_THEN}


def test_of_an_old_plan_it_is_said_that_the_key_blocklist_was_not_recorded(tmp_path):
    with audited(WEAK, tmp_path) as then:
        audit = read_recorded_audit(then.log, CASE_ACCOUNT, TASK)
        [check] = audit.checks
        assert check.plan is not None
        old = replace(check, plan=replace(check.plan, key_blocklist=None))
        judging = JudgingAgain(audit, replace(then.on, weak_keys=None), lambda _: None, lambda _: None)
        assert judging.judge(old).reasons == [BLOCKLIST_UNKNOWN]


@pytest.mark.parametrize("table", ["revocation_evidence", "revoked_serials"])
def test_evidence_that_is_gone_is_named(tmp_path, table):
    case = first_with_findings("REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE_CHECK")
    with audited(case, tmp_path) as then:
        with then.inventory._database.transaction() as rows:
            rows.execute(f"DELETE FROM {table}")
        judged, _ = then.judged_again()
    assert (judged.result, judged.reasons) == (Result.CANNOT, [EVIDENCE_GONE])


def test_connections_that_are_no_longer_kept_are_named(tmp_path):
    case = first_with_findings("CONFLICTING_CLIENT_IDS_CHECK")
    with audited(case, tmp_path) as then:
        now = then.case.circumstances().now
        then.on = replace(then.on, clock=FakeClock(now + LONGEST_AUDIT + timedelta(hours=1)))
        assert then.judged_again()[0].result is Result.SAME
        with then.inventory._database.transaction() as rows:
            rows.execute("DELETE FROM connections")
        assert then.judged_again()[0].reasons == [CONNECTIONS_GONE]
        then.on = replace(then.on, clock=FakeClock(now + KEPT_FOR + timedelta(hours=1)))
        assert then.judged_again()[0].reasons == [CONNECTIONS_GONE]


def test_what_differs_comes_before_what_can_not_be_told():
    assert overall([Result.SAME, Result.CANNOT, Result.DIFFERS]) is Result.DIFFERS
    assert overall([Result.SAME, Result.CANNOT]) is Result.CANNOT
    assert overall([Result.SAME, Result.NOT_JUDGED]) is Result.SAME
