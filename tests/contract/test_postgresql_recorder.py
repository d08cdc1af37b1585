"""The recorder over PostgreSQL keeps the contract, and what is said of PostgreSQL in particular."""

import signal
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from uuid import uuid4

import psycopg
import pytest
from eventsourcing.persistence import IntegrityError

from events.codec import MAX_EVENT_BYTES
from events.errors import StoreUnavailable
from events.store.postgresql import LOG_SCHEMA, PostgresqlRecorder, open_postgresql_recorder
from events.store.postgresql_database import PostgresqlDatabase
from events.store.schema import SchemaMissing
from tests.contract.log_recorder_contract import PATIENCE, LogRecorderContract, positions, stored, stream_of
from tests.contract.log_removal_contract import LogRemovalContract
from tests.support.cut_wire import CutWire
from tests.support.postgresql_server import PostgresqlServer, running_postgresql


@pytest.fixture
def recorder(migrated_url: str) -> Iterator[PostgresqlRecorder]:
    with closing(open_postgresql_recorder(migrated_url)) as recorder:
        yield recorder


@pytest.fixture
def another(migrated_url: str) -> Iterator[PostgresqlRecorder]:
    with closing(open_postgresql_recorder(migrated_url)) as recorder:
        yield recorder


class TestPostgresqlRecorder(LogRecorderContract, LogRemovalContract):
    @pytest.fixture
    def recorder(self, recorder: PostgresqlRecorder) -> PostgresqlRecorder:
        return recorder

    @pytest.fixture
    def another(self, another: PostgresqlRecorder) -> PostgresqlRecorder:
        return another


def database_of(url: str) -> str:
    return url.rpartition("/")[2]


def test_the_bell_rings_for_what_another_process_appends(recorder, another):
    seen = recorder.appended.rings
    another.insert_events(stream_of(1))

    assert recorder.appended.wait(seen, PATIENCE) > seen


def test_it_rings_again_after_the_connection_that_listened_was_lost(recorder, another, postgresql, migrated_url):
    recorder.insert_events(stream_of(1))
    postgresql.cut_connections(database_of(migrated_url))
    another.insert_events(stream_of(1))
    for _ in range(10):
        seen = recorder.appended.rings
        another.insert_events(stream_of(1))
        if recorder.appended.wait(seen, 1.0) > seen:
            return
    raise AssertionError("The bell is silent.")


def test_a_lost_connection_is_replaced_and_nothing_is_recorded_twice(recorder, postgresql, migrated_url):
    given = []
    for _ in range(5):
        given += recorder.insert_events(stream_of(3))
        postgresql.cut_connections(database_of(migrated_url))
        assert positions(recorder.select_notifications(None, 100)) == given


@pytest.fixture
def wire(postgresql: PostgresqlServer) -> Iterator[CutWire]:
    with closing(CutWire(postgresql.port)) as wire:
        yield wire


def test_events_that_were_recorded_though_the_answer_got_lost_are_recorded_once(postgresql, migrated_url, wire):
    with closing(
        open_postgresql_recorder(migrated_url.replace(f":{postgresql.port}/", f":{wire.port}/"))
    ) as recorder:
        before = list(recorder.insert_events(stream_of(1)))
        wire.lose_next_answer_to(b"append_events")
        given = list(recorder.insert_events(events := stream_of(3)))
        assert wire.lost.is_set()

        with pytest.raises(IntegrityError):
            recorder.insert_events(events)
        assert positions(recorder.select_notifications(None, 10)) == before + given


def test_what_another_recorded_at_the_same_place_is_not_taken_for_what_was_sent_twice(
    recorder, another, postgresql, migrated_url
):
    """An event's id is derived from its place, so the other's has the same."""
    first, *_ = recorder.insert_events(stream_of(1))
    [lost] = stream_of(1)
    theirs = replace(lost, state=b'{"theirs":1}')
    postgresql.cut_connections(database_of(migrated_url))
    another.insert_events([theirs])

    with pytest.raises(IntegrityError):
        recorder.insert_events([lost])

    [found] = recorder.select_notifications(first, 10, inclusive_of_start=False)
    assert found.state == theirs.state


def test_a_log_that_was_not_migrated_says_so(postgresql_url):
    with pytest.raises(SchemaMissing, match="events"):
        open_postgresql_recorder(postgresql_url)


def test_a_server_that_is_not_there_is_a_store_that_is_away(postgresql):
    with pytest.raises(StoreUnavailable, match="houses") as refusal:
        open_postgresql_recorder(postgresql.url("houses").replace("fleet@", "fleet:secret@"))
    assert "secret" not in str(refusal.value)


def test_a_save_of_the_largest_size_is_recorded(recorder):
    stream = uuid4()
    recorder.insert_events([stored(stream, version, state=bytes(MAX_EVENT_BYTES)) for version in range(1, 5)])

    assert [len(event.state) for event in recorder.select_events(stream)] == [MAX_EVENT_BYTES] * 4


def test_vacuum_and_appends_do_not_wait_for_each_other(recorder, migrated_url):
    recorder.insert_events(stream_of(2000))
    with closing(psycopg.connect(migrated_url, autocommit=True)) as operator:
        operator.execute("SET lock_timeout = '1s'")
        operator.execute("BEGIN")
        operator.execute("LOCK TABLE events.events IN SHARE UPDATE EXCLUSIVE MODE")  # what VACUUM takes
        recorder.insert_events(stream_of(1))
        operator.execute("COMMIT")
        operator.execute("VACUUM events.events")


def test_an_operator_finds_events_by_account_time_and_id(recorder, migrated_url):
    event = stored(uuid4(), 1)
    recorder.insert_events([event])
    with closing(psycopg.connect(migrated_url)) as operator:
        found = operator.execute("SELECT stream, account_id, recorded_at, event_id FROM events.events").fetchall()
    assert found == [(event.originator_id, event.account_id, event.recorded_at, event.event_id)]


@pytest.mark.parametrize("mode", [signal.SIGINT, signal.SIGQUIT], ids=["fast", "immediate"])
def test_what_was_recorded_outlasts_a_restart_and_recording_goes_on(mode):
    with running_postgresql(fsync="on") as server:
        with closing(PostgresqlDatabase(server.url(), "events")) as database:
            database.migrate(LOG_SCHEMA)
        with closing(open_postgresql_recorder(server.url())) as recorder:
            before = list(recorder.insert_events(stream_of(3)))
            server.stop(mode)
            with pytest.raises(StoreUnavailable):
                recorder.insert_events(stream_of(1))
            with pytest.raises(StoreUnavailable):
                recorder.max_notification_id()
            with pytest.raises(StoreUnavailable):
                recorder.require_appendable()
            server.start()

            after = list(recorder.insert_events(stream_of(3)))

            assert positions(recorder.select_notifications(None, 10)) == before + after
