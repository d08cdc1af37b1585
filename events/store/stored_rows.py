"""The log's rows as they are stored, in the order of the log: what is hashed, and never decoded."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, cast

from events.proof.leaf import Columns
from events.store.database import Row
from events.store.postgresql import SCHEMA
from events.store.postgresql_database import PostgresqlDatabase
from events.store.read_only import ReadOnlySqlite

SQLITE_COLUMNS = (
    "position, stream, version, CAST(topic AS BLOB), CAST(state AS BLOB), CAST(account_id AS BLOB), recorded_at,"
    " event_id"
)
"""As octets, so that a text that is none can still be looked at."""

POSTGRESQL_COLUMNS = (
    "position, uuid_send(stream), version, convert_to(topic, 'UTF8'), state, convert_to(account_id, 'UTF8'),"
    " recorded_at, uuid_send(event_id)"
)


class Queries(Protocol):
    """What can be asked; a `Database` is one."""

    def query(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Return the rows of a SELECT; raise StoreUnavailable."""
        ...

    def close(self) -> None:
        """Calls after it fail."""
        ...


class StoredRows:
    """Reads the table `events`. Raises StoreUnavailable. Threads may share one."""

    def __init__(self, queries: Queries, columns: str, event_id: str) -> None:
        """`columns` are those of `StoredRow` in the database's own words, `event_id` a condition for one."""
        self._queries = queries
        self._after = f"SELECT {columns} FROM events WHERE position > ? ORDER BY position LIMIT ?"  # noqa: S608 - ours
        self._by_id = f"SELECT position FROM events WHERE {event_id} LIMIT 1"  # noqa: S608 - ours

    def after(self, position: int, limit: int) -> list[Columns]:
        """Return the next rows after a position, the columns of each as `StoredRow` has them."""
        return cast("list[Columns]", self._queries.query(self._after, (position, limit)))

    def at(self, position: int) -> Columns | None:
        """Return the row of a position."""
        found = self.after(position - 1, 1)
        return found[0] if found and found[0][0] == position else None

    def position_of(self, event_id: bytes) -> int | None:
        """Return where the event with that id lies. Every row is looked at."""
        found = self._queries.query(self._by_id, (event_id,))
        return cast("int", found[0][0]) if found else None

    def last_position(self) -> int:
        """Return the position of the last event, 0 when there is none."""
        [(last,)] = self._queries.query("SELECT max(position) FROM events")
        return cast("int | None", last) or 0

    def close(self) -> None:
        """Calls after it fail."""
        self._queries.close()


def sqlite_rows(path: Path) -> StoredRows:
    """The rows of the log in a file; raise StoreUnavailable if it can't be read."""
    return StoredRows(ReadOnlySqlite(path), SQLITE_COLUMNS, "event_id = ?")


def postgresql_rows(url: str) -> StoredRows:
    """The rows of the log in a database; nothing is asked yet."""
    database = PostgresqlDatabase(url, SCHEMA, most_connections=1)
    return StoredRows(database, POSTGRESQL_COLUMNS, "uuid_send(event_id) = ?")
