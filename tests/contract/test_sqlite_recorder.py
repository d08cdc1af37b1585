"""The recorder over SQLite keeps the contract, and what is said of SQLite in particular."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from eventsourcing.persistence import IntegrityError

from events.store.database import SqliteDatabase
from events.store.sqlite import SqliteRecorder
from tests.contract.log_recorder_contract import LogRecorderContract, stored, stream_of
from tests.contract.log_removal_contract import LogRemovalContract


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.sqlite"


@pytest.fixture
def recorder(path: Path) -> Iterator[SqliteRecorder]:
    opened = SqliteRecorder(SqliteDatabase(path))
    yield opened
    opened.close()


@pytest.fixture
def operator(path: Path, recorder: SqliteRecorder) -> Iterator[sqlite3.Connection]:
    """A person who opens the file by hand."""
    connection = sqlite3.connect(path)
    yield connection
    connection.close()


class TestSqliteRecorder(LogRecorderContract, LogRemovalContract):
    @pytest.fixture
    def recorder(self, recorder: SqliteRecorder) -> SqliteRecorder:
        return recorder

    @pytest.fixture
    def another(self, path: Path) -> Iterator[SqliteRecorder]:
        opened = SqliteRecorder(SqliteDatabase(path))
        yield opened
        opened.close()


def test_the_position_of_a_deleted_event_is_never_given_again(recorder, operator):
    [*_, deleted] = recorder.insert_events(stream_of(3))
    with operator:
        operator.execute("DELETE FROM events WHERE position = ?", (deleted,))

    [position] = recorder.insert_events(stream_of(1))

    assert position == deleted + 1


def test_an_operator_finds_events_by_account_time_and_id(recorder, operator):
    stream = uuid4()
    event = stored(stream, 1)
    recorder.insert_events([event])

    assert operator.execute("SELECT account_id, recorded_at, event_id, stream FROM events").fetchall() == [
        ("000000000000", 1767268800123, event.event_id.bytes, stream.bytes)
    ]


def test_a_commit_is_on_the_disk_before_it_is_told(path):
    database = SqliteDatabase(path)
    with database.transaction() as transaction:
        assert transaction.execute("PRAGMA synchronous") == [(2,)]  # FULL
        assert transaction.execute("PRAGMA journal_mode") == [("wal",)]
    database.close()


def test_what_was_recorded_is_there_when_the_file_is_opened_again(path):
    first = SqliteRecorder(SqliteDatabase(path))
    given = first.insert_events(stream_of(5))
    first.close()

    second = SqliteRecorder(SqliteDatabase(path))
    assert [each.id for each in second.select_notifications(None, 10)] == [*given]
    second.close()


def test_a_conflict_does_not_ring_the_bell(recorder):
    recorder.insert_events(events := stream_of(1))
    rung = recorder.appended.rings
    with pytest.raises(IntegrityError):
        recorder.insert_events(events)

    assert recorder.appended.rings == rung
