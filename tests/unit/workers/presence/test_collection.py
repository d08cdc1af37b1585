"""Connections are collected only while a check that needs them is enabled, and pruned as they grow old."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from events.event import Event
from events.store.database import Database, SqliteDatabase
from events.vocabulary import AccountId, CheckName
from tests.support.events import EXPIRING, History, recorded
from tests.support.fake_clock import FakeClock
from tests.support.presence import connect, connections_in, number_of_rows
from workers.presence.collection import PresenceCollection
from workers.presence.store import PresenceStore

SHARED, CONFLICTING = CheckName("SHARED"), CheckName("CONFLICTING")
ACCOUNT = AccountId("000000000000")
ANOTHER = AccountId("222222222222")
DAY_MS = 86_400_000


class Collecting:
    """A collection that is told what happens, one batch after the other."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = FakeClock()
        self.now = 1_767_225_600_000
        self.store = PresenceStore(database, self.clock)
        self.collection = self.opened_again()
        self.history = History(ACCOUNT)

    def opened_again(self) -> PresenceCollection:
        return PresenceCollection(self.database, self.store, frozenset({SHARED, CONFLICTING}), self.clock)

    def take(self, *events: Event) -> None:
        position = self.collection.position()
        self.collection.take(recorded(events, after=position), position + len(events))

    def is_on(self) -> bool:
        return self.collection.collects(ACCOUNT)

    def idle_to_the_end(self) -> None:
        before = None
        while before != (before := number_of_rows(self.database)):
            self.collection.idle()


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Collecting]:
    database = SqliteDatabase(tmp_path / "presence.sqlite", durable=False)
    yield Collecting(database)
    database.close()


def test_nothing_is_collected_until_a_check_that_needs_it_is_enabled(at):
    assert not at.is_on()
    at.take(at.history.checks_enabled(EXPIRING))
    assert not at.is_on()
    at.take(at.history.checks_enabled(EXPIRING, SHARED))
    assert at.is_on()
    assert not at.collection.collects(ANOTHER)


def test_the_last_check_that_is_disabled_takes_everything_with_it(at):
    at.take(at.history.checks_enabled(SHARED, CONFLICTING, EXPIRING))
    at.store.record(ACCOUNT, [connect("a", at.now)])
    at.store.record(ANOTHER, [connect("a", at.now)])
    at.take(at.history.checks_disabled(SHARED))
    assert at.is_on()
    assert at.store.known(ACCOUNT).since == at.now

    at.take(at.history.checks_disabled(CONFLICTING))
    assert not at.is_on()
    assert at.store.known(ACCOUNT).since is None
    assert at.store.known(ANOTHER).since == at.now


def test_a_configuration_that_is_deleted_takes_everything_with_it(at):
    at.take(at.history.checks_enabled(SHARED, CONFLICTING))
    at.store.record(ACCOUNT, [connect("a", at.now)])
    at.take(at.history.configuration_deleted())
    assert not at.is_on()
    at.idle_to_the_end()
    assert number_of_rows(at.database) == 0


def test_many_rows_are_deleted_in_steps_between_which_the_log_is_followed(at):
    at.take(at.history.checks_enabled(SHARED))
    for batch in range(12):
        at.store.record(ACCOUNT, [connect(f"{batch}-{number}", at.now) for number in range(1_000)])
    at.collection.idle()
    at.take(at.history.checks_disabled(SHARED), at.history.checks_enabled(SHARED))
    at.store.record(ACCOUNT, [connect("new", at.now)])
    at.collection.idle()
    assert number_of_rows(at.database) == 2_001
    at.collection.idle()
    assert number_of_rows(at.database) == 1


def test_disabling_what_was_not_enabled_forgets_nothing(at):
    at.take(at.history.checks_enabled(SHARED))
    at.store.record(ACCOUNT, [connect("a", at.now)])
    at.take(at.history.checks_disabled(EXPIRING, CONFLICTING))
    assert at.is_on()
    assert at.store.known(ACCOUNT).since == at.now


def test_events_that_come_again_forget_nothing(at):
    events = [at.history.checks_enabled(SHARED), at.history.checks_disabled(SHARED)]
    at.take(*events, at.history.checks_enabled(SHARED))
    at.store.record(ACCOUNT, [connect("a", at.now)])
    at.collection.take(recorded(events), 2)
    assert at.is_on()
    assert at.store.known(ACCOUNT).since == at.now
    assert at.collection.position() == 3


def test_it_knows_after_a_restart(at):
    at.take(at.history.checks_enabled(SHARED))
    assert at.opened_again().collects(ACCOUNT)
    assert at.opened_again().position() == 1


def test_what_came_in_the_moment_of_disabling_is_forgotten(at):
    at.take(at.history.checks_enabled(SHARED), at.history.checks_disabled(SHARED))
    at.store.record(ACCOUNT, [connect("a", at.now)])
    at.idle_to_the_end()
    assert number_of_rows(at.database) == 0
    assert at.store.known(ACCOUNT).since is None


def test_old_connections_are_pruned_once_an_hour(at):
    at.take(at.history.checks_enabled(SHARED))
    at.collection.idle()
    oldest = at.now - 33 * DAY_MS + 3_600_000
    at.store.record(ACCOUNT, [connect("old", oldest - 1), connect("kept", oldest)])
    at.collection.idle()
    assert number_of_rows(at.database) == 2
    at.clock.advance(timedelta(hours=1))
    at.idle_to_the_end()
    assert [row[3] for row in connections_in(at.database)] == ["kept"]
