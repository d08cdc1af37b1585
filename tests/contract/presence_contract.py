"""What the presence store promises over every database.

A test class derives from this and gives a `database`.
"""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.store.database import Database, Row
from events.vocabulary import AccountId
from tests.support.fake_clock import FakeClock
from tests.support.presence import connect, connections_in, disconnect, number_of_rows
from workers.presence.presence_event import PresenceEvent
from workers.presence.store import KEPT_FOR, PresenceStore

ACCOUNT, ANOTHER = AccountId("111111111111"), AccountId("222222222222")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
NOW_MS = 1_767_225_600_000
DAY = timedelta(days=1)

EVENTS = [
    make(client, at, session=session, versionNumber=version, principalIdentifier=principal, **reason)
    for client in ("a", "b\u202e'\"")
    for session in ("s1", "s2")
    for version in (0, 1)
    for principal in ("c1" * 32, "AROA:x")
    for at, make, reason in (
        (10, connect, {}),
        (12, connect, {}),
        (20, disconnect, {"disconnectReason": None}),
        (25, disconnect, {"disconnectReason": "DUPLICATE_CLIENTID"}),
        (30, disconnect, {"disconnectReason": "CONNECTION_LOST"}),
    )
]


class PresenceContract:
    @pytest.fixture
    def database(self) -> Database:
        raise AssertionError("a test class gives its database")

    @pytest.fixture
    def clock(self) -> FakeClock:
        return FakeClock(NOW)

    @pytest.fixture
    def store(self, database: Database, clock: FakeClock) -> PresenceStore:
        return PresenceStore(database, clock)

    def test_a_connection_is_its_connect_and_its_disconnect(self, store, database):
        store.record(ACCOUNT, [connect("a", 10), disconnect("a", 20)])
        [(*_, client_id, connected_at, began_at, ended_at, was_displaced)] = connections_in(database)
        assert (client_id, connected_at, began_at, ended_at, was_displaced) == ("a", 10, 10, 20, 0)

    def test_a_disconnect_alone_is_a_connection_that_surely_lasted_the_millisecond_before(self, store, database):
        store.record(ACCOUNT, [disconnect("a", 20)])
        [(*_, connected_at, began_at, ended_at, _)] = connections_in(database)
        assert (connected_at, began_at, ended_at) == (None, 19, 20)

    def test_a_connect_alone_is_a_connection_that_lasts(self, store, database):
        store.record(ACCOUNT, [connect("a", 20)])
        [(*_, connected_at, began_at, ended_at, was_displaced)] = connections_in(database)
        assert (connected_at, began_at, ended_at, was_displaced) == (20, 20, 2**63 - 1, None)

    def test_a_number_that_begins_anew_after_a_pause_is_another_connection(self, store, database):
        store.record(ACCOUNT, [connect("a", 10, session="s1"), connect("a", 20, session="s2")])
        assert len(connections_in(database)) == 2

    @given(
        told=st.lists(st.sampled_from(EVENTS), min_size=1, max_size=30),
        repeats=st.lists(st.integers(0, 29)),
        cuts=st.lists(st.integers(1, 7), min_size=1),
        random=st.randoms(use_true_random=False),
    )
    @settings(
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
        max_examples=60,
    )
    def test_order_repeats_and_batches_make_no_difference(self, store, database, told, repeats, cuts, random):
        straight = self._afresh(store, database, [told])
        shuffled = told + [told[number % len(told)] for number in repeats]
        random.shuffle(shuffled)
        batches: list[list[PresenceEvent]] = []
        while shuffled:
            size = cuts[len(batches) % len(cuts)]
            batches.append(shuffled[:size])
            shuffled = shuffled[size:]
        assert self._afresh(store, database, batches) == straight

    def _afresh(self, store: PresenceStore, database: Database, batches: list[list[PresenceEvent]]) -> list[Row]:
        store.forget(ACCOUNT)
        assert number_of_rows(database) == 0
        for batch in batches:
            store.record(ACCOUNT, batch)
        return connections_in(database)

    def test_what_is_news_and_what_was_known_is_counted(self, store):
        first = store.record(ACCOUNT, [connect("a", 10), connect("a", 10), connect("b", 10)])
        second = store.record(ACCOUNT, [connect("a", 10), disconnect("a", 20), connect("b", 11)])
        assert (first.news, first.repeats) == (2, 1)
        assert (second.news, second.repeats) == (1, 2)
        assert first.number < second.number

    def test_recordings_grow_though_the_clock_stands_or_goes_back(self, store, clock):
        numbers = [store.record(ACCOUNT, []).number for _ in range(3)]
        clock.advance(-DAY)
        numbers.append(store.record(ACCOUNT, []).number)
        assert numbers == [NOW_MS, NOW_MS + 1, NOW_MS + 2, NOW_MS + 3]

    def test_it_tells_since_when_it_knows(self, store, clock):
        assert store.known(ACCOUNT).since is None
        store.record(ACCOUNT, [])
        assert store.known(ACCOUNT).since == NOW_MS
        clock.advance(DAY)
        store.record(ACCOUNT, [connect("a", NOW_MS + 5)])
        assert store.known(ACCOUNT).since == NOW_MS
        store.record(ACCOUNT, [connect("a", NOW_MS - 5)])
        assert store.known(ACCOUNT).since == NOW_MS - 5
        assert store.known(ANOTHER).since is None

    def test_an_event_older_than_what_is_kept_does_not_tell_since_when_it_knows(self, store):
        oldest = NOW_MS - KEPT_FOR // timedelta(milliseconds=1)
        store.record(ACCOUNT, [connect("a", 5), connect("a", oldest - 1)])
        assert store.known(ACCOUNT).since == NOW_MS
        store.record(ACCOUNT, [connect("a", oldest)])
        assert store.known(ACCOUNT).since == oldest

    def test_what_is_forgotten_is_gone_and_comes_anew(self, store, database):
        store.record(ACCOUNT, [connect("a", 10)])
        store.record(ACCOUNT, [disconnect("a", 20)])
        store.record(ANOTHER, [connect("a", 10)])
        store.forget(ACCOUNT)
        assert number_of_rows(database) == 1
        assert store.known(ACCOUNT).since is None

        store.record(ACCOUNT, [disconnect("a", 20)])
        assert [row[:1] + row[4:7] for row in connections_in(database)] == [
            (ACCOUNT, None, 19, 20),
            (ANOTHER, 10, 10, 2**63 - 1),
        ]

    def test_what_is_marked_as_forgotten_is_not_added_to_and_pruned(self, store, database):
        store.record(ACCOUNT, [connect("a", NOW_MS)])
        with database.transaction() as transaction:
            store.mark_forgotten(transaction, ACCOUNT)
        assert store.record(ACCOUNT, [disconnect("a", NOW_MS + 5)]).news == 1
        assert store.prune(NOW - DAY) == 1
        assert [row[4] for row in connections_in(database)] == [None]

    def test_pruning_takes_what_was_not_heard_of_since(self, store, database):
        store.record(
            ACCOUNT,
            [
                connect("ended before", 10),
                disconnect("ended before", 99),
                connect("ended then", 10),
                disconnect("ended then", 100),
                connect("began before", 99),
                connect("began then", 100),
                disconnect("only the end is known", 99),
            ],
        )
        store.record(ANOTHER, [connect("another's", 10)])
        assert store.prune(datetime.fromtimestamp(0.1, UTC), ACCOUNT) == 3
        assert sorted(row[3] for row in connections_in(database)) == ["another's", "began then", "ended then"]
        assert store.prune(datetime.fromtimestamp(0.1, UTC)) == 1

    def test_pruning_keeps_what_was_known_for_as_long_as_an_audit_may_last(self, store, database, clock):
        store.record(ACCOUNT, [connect("a", NOW_MS)])
        clock.advance(timedelta(hours=1))
        store.record(ACCOUNT, [disconnect("a", NOW_MS + 5)])
        assert number_of_rows(database) == 2
        clock.advance(timedelta(hours=23))
        assert store.prune(NOW) == 0
        clock.advance(timedelta(hours=1))
        assert store.prune(NOW) == 1
        assert number_of_rows(database) == 1

    def test_more_rows_than_a_transaction_takes_are_pruned(self, store, database):
        store.record(ACCOUNT, [connect(f"client-{number}", number) for number in range(2_500)])
        assert store.prune(datetime.fromtimestamp(2.4, UTC)) == 2_400
        assert number_of_rows(database) == 100
