"""What differs between two audits, over every database, held against sets in Python."""

from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.store.database import Database, SqliteDatabase
from events.store.postgresql_database import PostgresqlDatabase
from events.vocabulary import AccountId
from projections.audit_differences import AuditDifferences, Audits, DifferenceCounts, DifferenceStatus
from projections.finding_identities import FindingIdentity, Sightings
from projections.paging import Page
from tests.contract.read_models_contract import walk
from tests.support.events import (
    EXPIRING,
    LOGGING,
    History,
    device_certificate,
    non_compliance,
    policy_version,
    task_id,
)
from tests.support.given import ACCOUNT
from tests.support.projecting import Projecting

Key = tuple[str, str, str]
CHECKS = [EXPIRING, LOGGING]
RESOURCES = {each.canonical: each for each in (*map(device_certificate, range(6)), policy_version("a_b", 1))}
REASONS = ("A", "B")

findings = st.sets(
    st.tuples(st.sampled_from(CHECKS), st.sampled_from(sorted(RESOURCES)), st.sampled_from(REASONS)), max_size=20
)
audits_of_an_account = st.lists(findings, min_size=2, max_size=4)
limits = st.integers(1, 5) | st.integers(1, 250)
statuses = st.sampled_from([None, *DifferenceStatus])

some = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        with closing(SqliteDatabase(tmp_path / "read-models.sqlite", durable=False)) as opened:
            yield opened
    else:
        with closing(PostgresqlDatabase(request.getfixturevalue("migrated_url"), "read_models")) as opened_there:
            yield opened_there


def told(audits: list[set[Key]]) -> History:
    """Tell what each audit found: the first is task 1."""
    history = History()
    for number, found in enumerate(audits, 1):
        for check in CHECKS:
            of_check = [
                non_compliance(RESOURCES[canonical], reason)
                for name, canonical, reason in sorted(found)
                if name == check
            ]
            history.findings_recorded(of_check, task=task_id(number), name=check)
    return history


def emptied(database: Database) -> Projecting:
    """Read models over tables in which nothing is any more: examples share a database."""
    projecting = Projecting(database)
    with database.transaction() as rows:
        rows.execute("DELETE FROM audit_findings")
        rows.execute("DELETE FROM finding_identities")
    return projecting


def expected(before: set[Key], now: set[Key]) -> dict[Key, DifferenceStatus]:
    """What a person with two sheets of paper would say."""
    return {
        **dict.fromkeys(now - before, DifferenceStatus.NEW),
        **dict.fromkeys(before - now, DifferenceStatus.RESOLVED),
        **dict.fromkeys(now & before, DifferenceStatus.UNCHANGED),
    }


@some
@given(audits_of_an_account, limits, statuses)
def test_the_differences_are_those_of_the_sets_page_by_page(database, found, limit, status):
    differences: AuditDifferences = emptied(database).take(told(found).events).audit_differences
    before, now = found[0], found[-1]
    audits = Audits(ACCOUNT, since=task_id(1), task_id=task_id(len(found)))

    rows = walk(partial(differences.differences, audits, CHECKS, status), limit)

    keys = [(each.finding.check_name, each.finding.resource.canonical, each.finding.reason_code) for each in rows]
    wanted = {key: of for key, of in expected(before, now).items() if status in {None, of}}
    assert keys == sorted(wanted)
    assert [each.status for each in rows] == [wanted[key] for key in keys]


@some
@given(audits_of_an_account)
def test_the_counts_are_those_of_the_sets(database, found):
    differences = emptied(database).take(told(found).events).audit_differences
    statuses_of = expected(found[0], found[-1])

    counts = differences.counts(Audits(ACCOUNT, since=task_id(1), task_id=task_id(len(found))))

    for check in CHECKS:
        number = [of for (name, _, _), of in statuses_of.items() if name == check].count
        wanted = DifferenceCounts(*(number(each) for each in DifferenceStatus))
        assert counts.get(check, DifferenceCounts(0, 0, 0)) == wanted


@some
@given(audits_of_an_account)
def test_a_finding_is_known_since_the_first_audit_that_made_it(database, found):
    models = emptied(database).take(told(found).events)

    for key in set().union(*found):
        numbers = [number for number, made in enumerate(found, 1) if key in made]
        identity = FindingIdentity(*key)
        seen = models.finding_identities.sightings(ACCOUNT, [identity])[identity]
        assert (seen.first_task_id, seen.last_task_id) == (task_id(numbers[0]), task_id(numbers[-1]))
        assert (seen.first_seen_at < seen.last_seen_at) == (len(numbers) > 1)


def test_of_another_account_nothing_is_told(database):
    models = emptied(database).take(told([set(), {(EXPIRING, device_certificate().canonical, "A")}]).events)
    of_another = Audits(AccountId("111111111111"), since=task_id(1), task_id=task_id(2))

    assert models.audit_differences.counts(of_another) == {}
    assert models.audit_differences.differences(of_another, CHECKS, None, Page(250)).rows == []
    identity = FindingIdentity(EXPIRING, device_certificate().canonical, "A")
    assert models.finding_identities.sightings(AccountId("111111111111"), [identity]) == {}
    assert isinstance(models.finding_identities.sightings(ACCOUNT, [identity])[identity], Sightings)
