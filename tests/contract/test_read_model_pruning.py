"""Given what happened and a clock, what the read models still know, over every database."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from events.audit_archive import ArchiveSummary, AuditTaskArchived
from events.clock import epoch_milliseconds
from events.identifiers import audit_archive_id
from events.store.database import Database, SqliteDatabase
from events.store.postgresql_database import PostgresqlDatabase
from projections.audit_findings import FindingFilter
from projections.finding_identities import LONGEST_ABSENCE, FindingIdentity
from projections.paging import Page
from projections.pruning import ROWS_A_TRANSACTION, TRANSACTIONS_AT_ONCE, ReadModelPruning
from tests.support.events import EXPIRING, History, device_certificate, non_compliance, task_id
from tests.support.fake_clock import FakeClock
from tests.support.given import ACCOUNT, NOON
from tests.support.notification_history import NotificationHistory
from tests.support.projecting import Projecting, rows_of

RETENTION = timedelta(days=180)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        with closing(SqliteDatabase(tmp_path / "read-models.sqlite", durable=False)) as opened:
            yield opened
    else:
        url = request.getfixturevalue("migrated_url")
        with closing(PostgresqlDatabase(url, "read_models")) as opened_there:
            yield opened_there


@pytest.fixture
def projecting(database: Database) -> Projecting:
    return Projecting(database)


@pytest.fixture
def history() -> History:
    return History()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOON)


@pytest.fixture
def pruned() -> list[tuple[str, int]]:
    return []


@pytest.fixture
def pruning(database, clock, pruned) -> ReadModelPruning:
    return ReadModelPruning(database, clock, RETENTION, lambda kind, rows: pruned.append((kind, rows)))


def audit(history: History, number: int, findings: int = 1, *, ends: bool = True) -> None:
    history.task_started(task_id(number))
    found = [non_compliance(device_certificate(each)) for each in range(findings)]
    history.findings_recorded(found, task=task_id(number))
    if ends:
        history.check_outcome_recorded(task_id(number), EXPIRING)
        history.task_completed(task_id(number))


def ended(history: History):
    return history.events[-1].timestamp


def tasks(projecting: Projecting) -> list[str]:
    found = projecting.models.audit_tasks.list(ACCOUNT, 0, 2**42, None, None, Page(100))
    return [each.task_id for each in found.rows]


def findings(projecting: Projecting) -> set[str]:
    found = projecting.models.audit_findings.list(ACCOUNT, FindingFilter(), Page(5000))
    return {each.task_id for each in found.rows}


def test_an_audit_goes_with_its_findings_when_it_ended_as_long_ago_as_the_retention(
    projecting, history, clock, pruning, pruned
):
    audit(history, 1)
    end = ended(history)
    audit(history, 2)
    projecting.take(history.events)

    clock.move_to(end + RETENTION - timedelta(milliseconds=1))
    pruning.step()
    assert tasks(projecting) == [task_id(2), task_id(1)]

    clock.advance(timedelta(seconds=59))
    pruning.step()
    assert tasks(projecting) == [task_id(2), task_id(1)]  # It looks once a minute.

    clock.move_to(end + RETENTION + timedelta(minutes=1))
    pruning.step()
    pruning.step()
    assert tasks(projecting) == []
    assert findings(projecting) == set()
    assert sum(rows for kind, rows in pruned if kind == "audits") == 2
    assert sum(rows for kind, rows in pruned if kind == "findings") == 2
    assert projecting.models.check_results.of_all() == []


def test_an_audit_in_progress_stays_however_long_ago_it_began(projecting, history, clock, pruning):
    audit(history, 1, ends=False)
    projecting.take(history.events)

    clock.advance(10 * RETENTION)
    pruning.step()

    assert tasks(projecting) == [task_id(1)]
    assert findings(projecting) == {task_id(1)}


def test_many_findings_go_in_small_transactions_and_the_audit_last(projecting, history, clock, pruning, pruned):
    audit(history, 1, findings=ROWS_A_TRANSACTION * TRANSACTIONS_AT_ONCE + 1)
    projecting.take(history.events)
    clock.advance(2 * RETENTION)

    pruning.step()
    assert pruned == [("findings", ROWS_A_TRANSACTION)] * TRANSACTIONS_AT_ONCE
    assert tasks(projecting) == [task_id(1)]

    pruning.step()
    assert tasks(projecting) == []
    assert pruned[TRANSACTIONS_AT_ONCE:] == [("findings", 1), ("audits", 1), ("check_results", 1)]


def test_what_was_left_half_done_is_gone_on_with(projecting, history, clock, pruning, database):
    audit(history, 1, findings=ROWS_A_TRANSACTION * TRANSACTIONS_AT_ONCE + 1)
    projecting.take(history.events)
    clock.advance(2 * RETENTION)
    pruning.step()

    ReadModelPruning(database, clock, RETENTION, lambda *_: None).step()

    assert tasks(projecting) == []
    assert findings(projecting) == set()


def test_read_models_that_are_made_anew_and_pruned_are_the_same(projecting, history, clock, pruning, tmp_path):
    for number in range(1, 5):
        audit(history, number, ends=number != 3)
    projecting.take(history.events)
    clock.move_to(history.events[3].timestamp + RETENTION)
    pruning.step()
    assert sorted(tasks(projecting)) == [task_id(2), task_id(3), task_id(4)]

    anew = Projecting(SqliteDatabase(tmp_path / "anew.sqlite", durable=False))
    anew.take(history.events)
    ReadModelPruning(anew.database, clock, RETENTION, lambda *_: None).step()

    assert rows_of(anew.database) == rows_of(projecting.database)
    anew.database.close()


def test_an_audit_whose_end_left_the_log_while_it_was_read_goes_too(projecting, history, clock, pruning):
    audit(history, 1, ends=False)
    summary = ArchiveSummary("1.ndjson.gz", "ab" * 32, 3, 1, 3, {EXPIRING: 1})
    history.add(AuditTaskArchived, audit_archive_id(ACCOUNT, task_id(1)), task_id=task_id(1), summary=summary)
    projecting.take(history.events)

    pruning.step()

    assert tasks(projecting) == []
    assert findings(projecting) == set()


def test_notifications_go_with_their_audit(projecting, clock, pruning):
    history = NotificationHistory()
    for number in (1, 2):
        audit(history, number)
        history.notification_requested(task_id(number))
        history.now += timedelta(days=1)
    projecting.take(history.events)
    clock.move_to(history.now - timedelta(days=1) + RETENTION - timedelta(minutes=1))
    pruning.step()
    found = projecting.models.audit_notifications.list(ACCOUNT, None, Page(25)).rows
    assert [each.task_id for each in found] == [task_id(2)]


def test_notifications_of_an_archived_audit_are_not_there_when_the_read_models_are_made_anew(projecting):
    history = NotificationHistory()
    history.notification_requested(task_id(1))
    history.notification_delivered(task_id(1))
    summary = ArchiveSummary("1.ndjson.gz", "ab" * 32, 3, 1, 3, {EXPIRING: 1})
    history.add(AuditTaskArchived, audit_archive_id(ACCOUNT, task_id(1)), task_id=task_id(1), summary=summary)
    models = projecting.take(history.events)
    assert models.audit_notifications.list(ACCOUNT, None, Page(25)).rows == []


def test_when_an_audit_ended_is_known(projecting, history):
    audit(history, 1)
    end = ended(history)
    audit(history, 2, ends=False)
    models = projecting.take(history.events)

    assert models.audit_tasks.ended_at(ACCOUNT, task_id(1)) == epoch_milliseconds(end)
    assert models.audit_tasks.ended_at(ACCOUNT, task_id(2)) is None
    assert models.audit_tasks.ended_at(ACCOUNT, task_id(3)) is None


def test_a_finding_is_known_again_until_it_has_been_absent_for_long(projecting, history, clock, pruning, pruned):
    audit(history, 1)
    models = projecting.take(history.events)
    identity = FindingIdentity(EXPIRING, device_certificate(0).canonical, non_compliance().reason_code)
    last_seen = history.events[1].timestamp

    clock.move_to(last_seen + LONGEST_ABSENCE)
    pruning.step()
    assert models.finding_identities.sightings(ACCOUNT, [identity])[identity].first_task_id == task_id(1)

    clock.advance(timedelta(days=1))
    pruning.step()
    assert models.finding_identities.sightings(ACCOUNT, [identity]) == {}
    assert pruned.count(("finding_identities", 1)) == 1


def test_a_finding_that_comes_again_after_long_is_new_whether_it_was_forgotten_or_not(projecting, history):
    audit(history, 1)
    history.now += LONGEST_ABSENCE
    audit(history, 2)
    history.now += LONGEST_ABSENCE + timedelta(seconds=1)
    audit(history, 3)
    identity = FindingIdentity(EXPIRING, device_certificate(0).canonical, non_compliance().reason_code)

    models = projecting.take(history.events)

    seen = models.finding_identities.sightings(ACCOUNT, [identity])[identity]
    assert (seen.first_task_id, seen.last_task_id) == (task_id(3), task_id(3))
