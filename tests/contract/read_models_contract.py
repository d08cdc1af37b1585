"""What the read models promise over every database. A test class derives from this and gives `new_database`."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial
from itertools import islice, pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.audit_task import AuditTaskStarted
from events.event import Event
from events.identifiers import audit_task_id
from events.resource import Resource
from events.store.database import Database
from projections.audit_findings import FindingFilter, FindingView, ResourceMatch
from projections.paging import Page, Slice
from tests.support.events import (
    EXPIRING,
    LOGGING,
    History,
    device_certificate,
    non_compliance,
    policy_version,
    task_id,
)
from tests.support.given import ACCOUNT, NOON
from tests.support.histories import histories
from tests.support.projecting import Projecting, rows_of

NewDatabase = Callable[[], Database]
Question = Callable[[Page], Slice[Any]]

some = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
)
"""Each example has databases of its own, so the fixture that makes them may be shared, and one process may ask
several kinds of databases."""

cuts = st.lists(st.integers(0, 60), max_size=5)
limits = st.integers(1, 4) | st.integers(1, 250)
seconds = st.integers(0, 3)
"""So few that many rows have the same time."""
many_seconds = st.lists(seconds, max_size=20)

RESOURCES = (
    device_certificate(1),
    policy_version("a_b", 1),
    policy_version("a_b", 2),
    policy_version("a_bc", 1),
    policy_version("a", 1),
    policy_version("a0", 1),
    policy_version("aXb", 1),
)
matches = st.sampled_from(
    [
        ResourceMatch(device_certificate(1).canonical),
        ResourceMatch(policy_version("a_b", 2).canonical),
        ResourceMatch("IOT_POLICY/a_b/", is_prefix=True),
        ResourceMatch("IOT_POLICY/a/", is_prefix=True),
        ResourceMatch("IOT_POLICY/%/", is_prefix=True),
        ResourceMatch("IOT_POLICY/", is_prefix=True),
    ]
)


def milliseconds(second: int) -> int:
    return round((NOON + timedelta(seconds=second)).timestamp() * 1000)


filters = st.builds(
    FindingFilter,
    st.none() | st.integers(1, 3).map(task_id),
    st.none() | seconds.map(milliseconds),
    st.none() | seconds.map(milliseconds),
    st.none() | st.sampled_from([EXPIRING, LOGGING]),
    st.none() | st.just([]) | st.lists(matches, min_size=1, max_size=3),
    st.sampled_from([None, None, False, True]),
)
facts = st.lists(
    st.tuples(
        seconds, st.integers(1, 2).map(task_id), st.sampled_from([EXPIRING, LOGGING]), st.sampled_from(RESOURCES)
    ),
    min_size=8,
    max_size=30,
)


def batches(events: list[Event], at: list[int]) -> list[list[Event]]:
    edges = [0, *sorted(min(cut, len(events)) for cut in at), len(events)]
    return [events[begin:end] for begin, end in pairwise(edges)]


def walk(question: Question, limit: int, meanwhile: Callable[[], object] = list) -> list[Any]:
    """Read a list page by page to its end; between two pages, let something happen."""
    found, after = [], None
    for _ in range(100):
        page = question(Page(limit, after))
        assert len(page.rows) == limit or page.next is None
        found += page.rows
        if page.next is None:
            return found
        after = page.next
        meanwhile()
    raise AssertionError("The list does not end.")


class Growing:
    """A list in which things arrive at given seconds: some before it is read, the others one by one meanwhile."""

    def __init__(self, database: Database, arrive: Callable[[History, int], object]) -> None:
        self.projecting = Projecting(database)
        self._arrive = arrive
        self._arrived = 0

    def add(self, at: Iterable[int]) -> None:
        history = History()
        for second in at:
            self._arrived += 1
            history.now = NOON + timedelta(seconds=second)
            self._arrive(history, self._arrived)
        self.projecting.take(history.events)

    def walk(self, question: Question, limit: int, meanwhile: list[int]) -> list[Any]:
        """Read it page by page while one thing after another arrives."""
        waiting = iter(meanwhile)
        return walk(question, limit, lambda: self.add(islice(waiting, 1)))


def keys(rows: list[Any], *members: str) -> list[tuple[Any, ...]]:
    return [tuple(getattr(row, member) for member in members) for row in rows]


def require_each_once(seen: list[Any], at_the_start: list[Any]) -> None:
    assert len(set(seen)) == len(seen), "a row was repeated"
    assert set(at_the_start) <= set(seen), "a row was skipped"
    assert [each for each in seen if each in set(at_the_start)] == at_the_start, "the order has changed"


class ReadModelsContract:
    @pytest.fixture
    def new_database(self) -> NewDatabase:
        raise AssertionError("a test class gives a maker of empty databases")

    @some
    @given(histories, cuts)
    def test_projecting_the_log_anew_makes_the_same_rows_as_following_it(self, new_database, events, at):
        followed, anew = Projecting(new_database()), Projecting(new_database())

        for batch in batches(events, at):
            followed.take(batch)
        anew.take(events)

        assert rows_of(followed.database) == rows_of(anew.database)

    @some
    @given(histories, cuts)
    def test_events_that_come_again_leave_the_same_rows(self, new_database, events, at):
        once, again = Projecting(new_database()), Projecting(new_database())

        for batch in batches(events, at):
            once.take(batch)
            again.take_again_and_again(batch)

            assert rows_of(once.database) == rows_of(again.database)

    def test_of_a_batch_that_fails_nothing_is_kept(self, new_database):
        projecting, history = Projecting(new_database()), History()
        history.task_started()
        projecting.take(history.events)
        before = rows_of(projecting.database)
        history.role_changed()
        history.findings_recorded()
        broken: dict[str, Any] = dict.fromkeys(("task_type", "role_arn", "scheduled_audit_name", "previous_start"))
        broken["checks"] = []
        history.add(AuditTaskStarted, audit_task_id(ACCOUNT, task_id(9)), task_id=task_id(9), **broken)

        with pytest.raises(AttributeError):
            projecting.take(history.events[1:])

        assert rows_of(projecting.database) == before
        assert projecting.models.position() == 1

    @some
    @given(many_seconds, many_seconds, limits)
    def test_no_finding_is_skipped_or_repeated_while_others_arrive(self, new_database, at_first, meanwhile, limit):
        findings = Growing(
            new_database(),
            lambda history, number: history.findings_recorded([non_compliance(device_certificate(number))]),
        )
        findings.add(at_first)
        question = partial(findings.projecting.models.audit_findings.list, ACCOUNT, FindingFilter())
        at_the_start = keys(question(Page(250)).rows, "found_at", "finding_id")

        seen = findings.walk(question, limit, meanwhile)

        require_each_once(keys(seen, "found_at", "finding_id"), at_the_start)
        assert len(at_the_start) == len(at_first)
        assert at_the_start == sorted(at_the_start, reverse=True)

    @some
    @given(many_seconds, many_seconds, limits)
    def test_no_task_is_skipped_or_repeated_while_others_start(self, new_database, at_first, meanwhile, limit):
        tasks = Growing(new_database(), lambda history, number: history.task_started(task_id(number * 7919 % 101)))
        tasks.add(at_first)
        models = tasks.projecting.models

        def question(page: Page) -> Slice[Any]:
            return models.audit_tasks.list(ACCOUNT, milliseconds(0), milliseconds(3), None, None, page)

        at_the_start = keys(question(Page(250)).rows, "started_at", "task_id")

        seen = tasks.walk(question, limit, meanwhile)

        require_each_once(keys(seen, "started_at", "task_id"), at_the_start)
        assert len(at_the_start) == len(at_first)
        assert at_the_start == sorted(at_the_start, reverse=True)

    @some
    @given(many_seconds, many_seconds, limits)
    def test_no_scheduled_audit_is_skipped_or_repeated_while_others_are_created(
        self, new_database, at_first, meanwhile, limit
    ):
        audits = Growing(
            new_database(),
            lambda history, number: history.scheduled_audit_created(f"{'aZ_-9'[number % 5]}{number * 7919 % 101}"),
        )
        audits.add(at_first)
        question = partial(audits.projecting.models.scheduled_audits.list, ACCOUNT)
        at_the_start = keys(question(Page(250)).rows, "name")

        seen = audits.walk(question, limit, meanwhile)

        require_each_once(keys(seen, "name"), at_the_start)
        assert len(at_the_start) == len(at_first)
        assert at_the_start == sorted(at_the_start)

    @some
    @given(facts, st.lists(filters, min_size=8, max_size=20), limits)
    def test_a_filter_finds_what_reading_everything_finds(self, new_database, facts, wanted, limit):
        projecting, history = Projecting(new_database()), History()
        for second, task, check, resource in facts:
            history.now = NOON + timedelta(seconds=second)
            history.findings_recorded([non_compliance(resource)], task=task, name=check)
        listed = projecting.take(history.events).audit_findings.list
        everything = listed(ACCOUNT, FindingFilter(), Page(250)).rows

        for each in wanted:
            found = walk(partial(listed, ACCOUNT, each), limit)

            assert found == [finding for finding in everything if is_wanted(each, finding)]


def is_wanted(wanted: FindingFilter, finding: FindingView) -> bool:
    return (
        wanted.task_id in {None, finding.task_id}
        and wanted.check_name in {None, finding.check_name}
        and wanted.is_suppressed in {None, finding.is_suppressed}
        and (wanted.start_ms is None or wanted.start_ms <= finding.found_at)
        and (wanted.end_ms is None or finding.found_at <= wanted.end_ms)
        and (wanted.resources is None or any(is_meant(match, finding.resource) for match in wanted.resources))
    )


def is_meant(match: ResourceMatch, resource: Resource) -> bool:
    if match.is_prefix:
        return resource.canonical.startswith(match.canonical)
    return resource.canonical == match.canonical
