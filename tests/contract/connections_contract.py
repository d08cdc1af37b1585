"""What audits ask of the connections of a window, over every database.

A test class derives from this and gives a `database`.
"""

from datetime import UTC, datetime, timedelta

import pytest

from events.store.database import Database
from events.vocabulary import AccountId, AuditTaskType
from tests.support.fake_clock import FakeClock
from tests.support.presence import connect, disconnect
from workers.inventory.kinds import Examines
from workers.judging.look_back import LookBack
from workers.presence.connections import ConnectionsIn, Presence
from workers.presence.kinds import CONNECTIONS_BY_CLIENT, CONNECTIONS_BY_PRINCIPAL
from workers.presence.store import PresenceStore

ACCOUNT, ANOTHER = AccountId("111111111111"), AccountId("222222222222")
START = datetime(2026, 1, 1, tzinfo=UTC)
NOW = 1_767_225_600_000
HOUR = 3_600_000
WINDOW = LookBack().window(AuditTaskType.ON_DEMAND, START, None)

BY_CLIENT = Examines(CONNECTIONS_BY_CLIENT, ("client_id", "began_at"))
BY_CERTIFICATE = Examines(
    CONNECTIONS_BY_PRINCIPAL, ("principal", "client_id", "ended_at"), only={"is_certificate": (1,)}
)


class ConnectionsContract:
    @pytest.fixture
    def database(self) -> Database:
        raise AssertionError("a test class gives its database")

    @pytest.fixture
    def clock(self) -> FakeClock:
        return FakeClock(START - timedelta(days=40))

    @pytest.fixture
    def store(self, database: Database, clock: FakeClock) -> PresenceStore:
        return PresenceStore(database, clock)

    @pytest.fixture
    def presence(self, database: Database, store: PresenceStore) -> Presence:
        return Presence(database, store)

    @pytest.fixture
    def window(self, presence: Presence) -> ConnectionsIn:
        return presence.during(WINDOW)

    def rows(self, window: ConnectionsIn, examines=BY_CLIENT, after=None, up_to=None, version=None):
        version = window.current_version(ACCOUNT) if version is None else version
        return list(window.rows(ACCOUNT, examines, version, after, up_to))

    def test_they_come_by_key_and_then_as_they_began(self, store, window):
        store.record(
            ACCOUNT,
            [
                connect("b", NOW - 2 * HOUR, session="s2"),
                connect("b", NOW - 3 * HOUR, session="s1"),
                connect("a", NOW - HOUR),
            ],
        )
        store.record(ANOTHER, [connect("another's", NOW - HOUR)])
        assert self.rows(window) == [("a", NOW - HOUR), ("b", NOW - 3 * HOUR), ("b", NOW - 2 * HOUR)]

    def test_more_than_a_page_come_whole_and_once(self, store, window):
        told = [connect("c", NOW - HOUR + number // 7, session=f"s{number}") for number in range(11_000)]
        store.record(ACCOUNT, told)
        found = self.rows(window)
        assert found == sorted(("c", event.at) for event in told)

    def test_more_than_a_page_that_began_at_once_come_whole_and_once(self, store, window):
        told = [connect("c", NOW - HOUR, session=f"s{number}") for number in range(11_000)]
        store.record(ACCOUNT, [*told, connect("d", NOW - HOUR)])
        assert self.rows(window) == [("c", NOW - HOUR)] * 11_000 + [("d", NOW - HOUR)]

    def test_only_what_is_in_scope_comes(self, store, window):
        store.record(
            ACCOUNT,
            [connect("a", NOW - HOUR), connect("b", NOW - HOUR, principalIdentifier="AROA:x")],
        )
        assert [client for _, client, _ in self.rows(window, BY_CERTIFICATE)] == ["a"]

    def test_what_was_recorded_later_is_not_seen(self, store, window):
        first = store.record(ACCOUNT, [connect("a", NOW - 2 * HOUR), connect("b", NOW - HOUR)]).number
        before = self.rows(window, BY_CERTIFICATE)
        store.record(ACCOUNT, [disconnect("a", NOW - HOUR), connect("c", NOW - HOUR)])
        assert self.rows(window, BY_CERTIFICATE, version=first) == before
        assert len(self.rows(window, BY_CERTIFICATE)) == 3

    def test_pruning_takes_nothing_that_an_audit_looks_at(self, store, window, clock):
        month = 31 * 24 * HOUR
        clock.advance(timedelta(days=40))
        first = store.record(
            ACCOUNT,
            [connect("a", NOW - month), connect("b", NOW - 2 * month), disconnect("b", NOW - month)],
        ).number
        before = self.rows(window, BY_CERTIFICATE)
        clock.advance(timedelta(hours=23))
        store.record(ACCOUNT, [disconnect("a", NOW)])
        store.prune(START - timedelta(days=32))
        assert self.rows(window, BY_CERTIFICATE, version=first) == before
        assert len(before) == 2

    def test_shards_are_cut_between_keys_and_have_every_row_once(self, store, window):
        counts = {"a": 3, "b": 1, "c": 12, "d": 1, "e": 2, "f": 5}
        store.record(
            ACCOUNT,
            [
                connect(client, NOW - HOUR + number, session=f"s{number}")
                for client, count in counts.items()
                for number in range(count)
            ],
        )
        version = window.current_version(ACCOUNT)
        bounds = window.shard_bounds(ACCOUNT, BY_CLIENT, version, 5)
        assert bounds == ["c", None]
        ranges = zip([None, *bounds], bounds, strict=False)
        assert [row for after, up_to in ranges for row in self.rows(window, BY_CLIENT, after, up_to)] == self.rows(
            window
        )

    @pytest.mark.parametrize(("number", "bounds"), [(0, []), (1, [None]), (5, [None]), (6, ["4", None])])
    def test_there_are_as_many_shards_as_are_needed(self, store, window, number, bounds):
        store.record(ACCOUNT, [connect(str(client), NOW - HOUR) for client in range(number)])
        assert window.shard_bounds(ACCOUNT, BY_CLIENT, window.current_version(ACCOUNT), 5) == bounds

    def test_it_is_known_only_when_a_source_was_heard_before_the_window_ends(self, store, presence, window, clock):
        kind = BY_CLIENT.kind
        assert not window.is_listed(ACCOUNT, kind, window.current_version(ACCOUNT))
        assert presence.known_since(ACCOUNT) is None
        clock.advance(timedelta(days=40))
        store.record(ACCOUNT, [])
        assert presence.known_since(ACCOUNT) == START
        assert not window.is_listed(ACCOUNT, kind, window.current_version(ACCOUNT))
        store.record(ACCOUNT, [disconnect("a", NOW - 1)])
        assert window.is_listed(ACCOUNT, kind, window.current_version(ACCOUNT))

    def test_what_is_forgotten_is_known_to_be(self, store, presence, window):
        first = store.record(ACCOUNT, [connect("a", NOW - HOUR)]).number
        assert not presence.is_forgotten(ACCOUNT, first)
        store.forget(ACCOUNT)
        assert presence.is_forgotten(ACCOUNT, first)
        assert not window.is_listed(ACCOUNT, BY_CLIENT.kind, window.current_version(ACCOUNT))
        again = store.record(ACCOUNT, [connect("a", NOW - HOUR)]).number
        assert not presence.is_forgotten(ACCOUNT, again)
