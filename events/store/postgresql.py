"""The log in a PostgreSQL database.

One statement appends a save: a function that takes an advisory lock before it draws positions, and holds it until
the commit is seen. So positions become visible in their order however many processes write; vacuum and the writers
are not in each other's way, as with a table's lock; and a save of any size goes through, as it does not in the
driver's pipeline mode.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast
from uuid import UUID

import psycopg
from eventsourcing.persistence import IntegrityError
from eventsourcing.persistence import StoredEvent as LibraryStoredEvent

from events.codec import EventMapper, StoredEvent
from events.errors import StoreUnavailable
from events.log import EventLog
from events.store.postgresql_arrays import Bigints, Octets, Texts, Uuids
from events.store.postgresql_connections import Connection, Connections, is_lost
from events.store.postgresql_database import PostgresqlDatabase, lock_key
from events.store.postgresql_ear import Ear
from events.store.recorder import DatabaseRecorder
from events.store.schema import Steps
from events.topics import TOPICS, UPCASTERS

SCHEMA = "events"

EVENTS = """
    CREATE TABLE events (
        position    BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        stream      UUID   NOT NULL,
        version     BIGINT NOT NULL,
        topic       TEXT   NOT NULL,
        state       BYTEA  NOT NULL,
        account_id  TEXT   NOT NULL,
        recorded_at BIGINT NOT NULL,
        event_id    UUID   NOT NULL,
        UNIQUE (stream, version)
    )
"""

NO_COMPRESSION = "ALTER TABLE events ALTER COLUMN state SET STORAGE EXTERNAL"
"""What is large is compressed by the codec."""

CHANNEL = "fleet_audit_appended"

APPEND_EVENTS = f"""
    CREATE FUNCTION append_events(
        streams UUID[], versions BIGINT[], topics TEXT[], states BYTEA[],
        accounts TEXT[], times BIGINT[], ids UUID[]
    ) RETURNS BIGINT LANGUAGE plpgsql AS $$
    DECLARE last BIGINT;
    BEGIN
        PERFORM pg_advisory_xact_lock({lock_key("append")}, 0);
        NOTIFY {CHANNEL};
        WITH inserted AS (
            INSERT INTO events (stream, version, topic, state, account_id, recorded_at, event_id)
            SELECT * FROM unnest(streams, versions, topics, states, accounts, times, ids)
            RETURNING position
        )
        SELECT max(position) INTO last FROM inserted;
        RETURN last;
    END $$
"""  # noqa: S608 - our own numbers and names

LOG_SCHEMA = Steps("events", {"events": [EVENTS, NO_COMPRESSION, APPEND_EVENTS]})

APPEND = "SELECT append_events($1, $2, $3, $4, $5, $6, $7)"

COLUMNS: tuple[Callable[[Iterable[Any]], list[Any]], ...] = (Uuids, Bigints, Texts, Octets, Texts, Bigints, Uuids)
"""What the parameters of APPEND are sent as."""

WRITERS = 2
"""Connections that append. The appends themselves go one after the other."""


class PostgresqlRecorder(DatabaseRecorder):
    """Stored events in one schema. Threads may share a recorder, and processes the schema."""

    def __init__(self, database: PostgresqlDatabase, writing: Connections) -> None:
        """`writing` has other connections to the same schema. Raise SchemaMissing if it was not migrated."""
        super().__init__(database)
        database.prepare(LOG_SCHEMA)
        self._writing = writing
        self._ear = Ear(database.connections.connect, CHANNEL, self.appended, writing.has_backend)

    def insert_events(self, stored_events: Sequence[LibraryStoredEvent], **_: Any) -> Sequence[int]:
        """Append what `EventMapper` made, in one transaction, durably, and return the positions.

        Raise the library's IntegrityError if a stream has an event of that version already. A connection that is
        lost in the midst leaves open whether the events were recorded; so they are appended again, and if they
        are there already, with all that they say, they were.
        """
        if not stored_events:
            return []
        rows = [_row(stored) for stored in cast("Sequence[StoredEvent]", stored_events)]
        attempt = _Attempt(
            [column(values) for column, values in zip(COLUMNS, zip(*rows, strict=True), strict=True)]
        )
        try:
            last = self._append(attempt)
        except psycopg.errors.UniqueViolation as error:
            found = self._positions_of(rows) if attempt.number > 1 else []
            if len(found) < len(rows):
                raise IntegrityError(str(error)) from error
            last = found[-1]
        self.appended.ring()
        return range(last - len(rows) + 1, last + 1)

    def require_appendable(self) -> None:
        """Raise StoreUnavailable if an event could not be appended now.

        A transaction that has a number and has done nothing is committed, for which the server writes to its disk.
        """
        with self._database.transaction() as transaction:
            transaction.execute("SELECT pg_current_xact_id()::text")

    @staticmethod
    def id_as_stored(stream: UUID) -> UUID:
        """A stream's identifier as the column has it."""
        return stream

    @staticmethod
    def id_as_read(stored: UUID) -> UUID:
        """What the column has as a stream's identifier."""
        return stored

    def close(self) -> None:
        """Close every connection."""
        self._ear.stop()
        self._writing.close()
        super().close()

    def _append(self, attempt: "_Attempt") -> int:
        try:
            with self._writing.lent(attempt) as (_, last):
                return last
        except StoreUnavailable as error:
            if not (isinstance(error.__cause__, psycopg.Error) and is_lost(error.__cause__)):
                raise
        with self._writing.lent(attempt) as (_, last):
            return last

    def _positions_of(self, rows: Sequence[tuple[Any, ...]]) -> list[int]:
        """Where those of these very events lie that are in the log.

        Their ids do not tell: they are made of stream and version, where another process may have been faster.
        """
        sql = "SELECT position FROM events WHERE stream = ? AND version = ? AND topic = ? AND state = ?"
        return [position for row in rows for (position,) in self._database.query(sql, row[:4])]


class _Attempt:
    """Appends the same events, once more each time it is called."""

    def __init__(self, columns: Sequence[list[Any]]) -> None:
        self._columns = columns
        self.number = 0

    def __call__(self, connection: Connection) -> int:
        self.number += 1
        [(last,)] = connection.execute(APPEND, self._columns, binary=True, prepare=True).fetchall()
        return cast("int", last)


def open_postgresql_recorder(url: str) -> PostgresqlRecorder:
    """Open the recorder alone; raise StoreUnavailable if that can't be done, SchemaMissing among them."""
    database, writing = PostgresqlDatabase(url, SCHEMA), Connections(url, SCHEMA, most=WRITERS, writing=True)
    try:
        return PostgresqlRecorder(database, writing)
    except BaseException:
        database.close()
        raise


def open_postgresql_log(url: str) -> EventLog:
    """Open the log in a database; raise StoreUnavailable if that can't be done."""
    return EventLog(EventMapper(TOPICS, UPCASTERS), open_postgresql_recorder(url))


def _row(stored: StoredEvent) -> tuple[Any, ...]:
    return (
        stored.originator_id,
        stored.originator_version,
        stored.topic,
        stored.state,
        stored.account_id,
        stored.recorded_at,
        stored.event_id,
    )
