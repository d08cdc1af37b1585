"""The log in a SQLite file."""

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4

from eventsourcing.persistence import IntegrityError
from eventsourcing.persistence import StoredEvent as LibraryStoredEvent

from events.codec import EventMapper, StoredEvent
from events.errors import StoreUnavailable
from events.log import EventLog
from events.store.database import SqliteDatabase, Transaction
from events.store.recorder import DatabaseRecorder
from events.store.schema import Steps
from events.topics import TOPICS, UPCASTERS

SCHEMA = """
    CREATE TABLE IF NOT EXISTS events (
        position    INTEGER PRIMARY KEY AUTOINCREMENT,
        stream      BLOB    NOT NULL,
        version     INTEGER NOT NULL,
        topic       TEXT    NOT NULL,
        state       BLOB    NOT NULL,
        account_id  TEXT    NOT NULL,
        recorded_at INTEGER NOT NULL,
        event_id    BLOB    NOT NULL,
        UNIQUE (stream, version)
    )
"""
"""AUTOINCREMENT: without it, SQLite gives the position of a deleted newest row to the next one."""

COLUMNS = "stream, version, topic, state, account_id, recorded_at, event_id"
ROW = "(?, ?, ?, ?, ?, ?, ?)"

ROWS_PER_STATEMENT = (64, 16, 4, 1)
"""An insert is cut into statements of these sizes, largest first.

One statement of many rows, because Python gives up its interpreter lock for each execution; in a process whose
other threads are busy, taking it back may cost more than the row. Few sizes, so that SQLite compiles each once.
"""
LEAST_ROOM = 16 * 1024 * 1024
"""Bytes that the disk must have left for the log to count as one that can be appended to: four saves of the
largest size. A disk that is fuller than this is full before anybody has looked."""

REHEARSED = bytes(64 * 1024)
"""The state of an event that is tried and never recorded; so large that the file would have to grow for it."""


class SqliteRecorder(DatabaseRecorder):
    """Stored events in one file. Threads may share a recorder, and processes the file."""

    def __init__(self, database: SqliteDatabase) -> None:
        super().__init__(database)
        self._file = database
        database.prepare(Steps("events", {"events": [SCHEMA]}))

    def insert_events(self, stored_events: Sequence[LibraryStoredEvent], **_: Any) -> Sequence[int]:
        """Append what `EventMapper` made, in one transaction, durably, and return the positions.

        Raise the library's IntegrityError if a stream has an event of that version already.
        """
        if not stored_events:
            return []
        rows = [_row(stored) for stored in cast("Sequence[StoredEvent]", stored_events)]
        try:
            with self._database.transaction() as transaction:
                last = _insert(transaction, rows)
        except sqlite3.IntegrityError as error:
            raise IntegrityError(str(error)) from error
        self.appended.ring()
        return range(last - len(rows) + 1, last + 1)

    def require_appendable(self) -> None:
        """Raise StoreUnavailable if an event could not be appended now.

        An event is inserted and taken back, and the nothing that remains is committed. That shows a file that
        can't be written, is held by another process or may not grow. Of a disk that is nearly full a commit of so
        little knows nothing, so the room there is looked at besides.
        """
        if self._file.free_bytes() < LEAST_ROOM:
            raise StoreUnavailable(f"the disk of the log has less than {LEAST_ROOM:,} bytes left")
        with self._database.transaction() as transaction:
            transaction.execute("SAVEPOINT rehearsal")
            row = (uuid4().bytes, 1, "", REHEARSED, "", 0, b"")
            transaction.execute(f"INSERT INTO events ({COLUMNS}) VALUES {ROW}", row)  # noqa: S608 - as below
            transaction.execute("ROLLBACK TO rehearsal")

    @staticmethod
    def id_as_stored(stream: UUID) -> bytes:
        """A stream's identifier as the column has it."""
        return stream.bytes

    @staticmethod
    def id_as_read(stored: bytes) -> UUID:
        """What the column has as a stream's identifier."""
        return UUID(bytes=stored)


def open_sqlite_log(path: Path) -> EventLog:
    """Open the log in a file, creating it if need be; raise StoreUnavailable if that can't be done."""
    return EventLog(EventMapper(TOPICS, UPCASTERS), SqliteRecorder(SqliteDatabase(path, durable=True)))


def _row(stored: StoredEvent) -> tuple[Any, ...]:
    return (
        cast("UUID", stored.originator_id).bytes,
        stored.originator_version,
        stored.topic,
        stored.state,
        stored.account_id,
        stored.recorded_at,
        stored.event_id.bytes,
    )


def _insert(transaction: Transaction, rows: Sequence[tuple[Any, ...]]) -> int:
    """Insert the rows and return the last one's position; a transaction's positions are consecutive."""
    for some in _statements(rows):
        values = ", ".join([ROW] * len(some))
        transaction.execute(
            f"INSERT INTO events ({COLUMNS}) VALUES {values}",  # noqa: S608 - question marks only
            [value for row in some for value in row],
        )
    [(last,)] = transaction.execute("SELECT last_insert_rowid()")
    return cast("int", last)


def _statements(rows: Sequence[tuple[Any, ...]]) -> Iterator[Sequence[tuple[Any, ...]]]:
    first = 0
    for size in ROWS_PER_STATEMENT:
        while len(rows) - first >= size:
            yield rows[first : first + size]
            first += size
