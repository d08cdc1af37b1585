"""The small adapter behind which every query is written once, for each database.

A query is plain SQL in the dialect that SQLite and PostgreSQL share: `?` for parameters, integers for flags and
for times (epoch milliseconds), `INSERT ... ON CONFLICT`. docs/decisions/ says why it is not an object mapper.
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

from events.errors import StoreUnavailable

Row = tuple[Any, ...]
Parameters = Sequence[Any]

BUSY_TIMEOUT = 10.0
"""Seconds to wait for another process that is writing to the same file."""


class Transaction(Protocol):
    """Reads and writes that become visible together, or not at all."""

    def execute(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """Run one statement and return its rows."""
        ...

    def execute_many(self, sql: str, rows: Iterable[Parameters]) -> None:
        """Run one statement for each row of parameters."""
        ...


class Database(Protocol):
    """A database whose transactions are serial and whose reads never wait for them."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Begin a transaction that commits at the end of the block and rolls back on an exception."""
        ...

    def query(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """Return the rows of a SELECT over what is committed."""
        ...

    def close(self) -> None:
        """Close every connection. Calls after it fail."""
        ...


class SqliteDatabase:
    """One SQLite file in write-ahead mode: one writing connection behind a lock, a reading one a thread."""

    def __init__(self, path: Path, *, durable: bool = True) -> None:
        """Open the file, creating it if need be.

        With `durable`, a commit is on the disk when it returns. Without, the last commits can be lost with the
        machine's power, never with the process's life: right for what is rebuilt from the log.
        """
        self._path = path
        self._synchronous = "FULL" if durable else "NORMAL"
        self._lock = threading.Lock()
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        with _translated():
            self._writer = self._connect()
            self._writer.execute("PRAGMA journal_mode = WAL")

    @contextmanager
    def transaction(self) -> Iterator["SqliteTransaction"]:
        """Begin a transaction that commits at the end of the block and rolls back on an exception.

        IMMEDIATE, because a transaction that reads first and writes later fails at once when another connection
        wrote in between.
        """
        with self._lock, _translated():
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield SqliteTransaction(self._writer)
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    def query(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """Return the rows of a SELECT over what is committed."""
        with _translated():
            return self._reader().execute(sql, parameters).fetchall()

    def close(self) -> None:
        """Close every connection. Calls after it fail."""
        with self._lock:
            for connection in self._connections:
                connection.close()
            self._connections.clear()

    def _reader(self) -> sqlite3.Connection:
        reader: sqlite3.Connection | None = getattr(self._local, "reader", None)
        if reader is None:
            reader = self._local.reader = self._connect()
            reader.execute("PRAGMA query_only = ON")
        return reader

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False
        )
        connection.execute(f"PRAGMA synchronous = {self._synchronous}")
        self._connections.append(connection)
        return connection


class SqliteTransaction:
    """The writing connection, inside a transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """Run one statement and return its rows."""
        with closing(self._connection.execute(sql, parameters)) as cursor:
            return cursor.fetchall()

    def execute_many(self, sql: str, rows: Iterable[Parameters]) -> None:
        """Run one statement for each row of parameters."""
        with closing(self._connection.executemany(sql, rows)):
            pass


@contextmanager
def _translated() -> Iterator[None]:
    """Tell a store that is full, locked, gone or damaged from a mistake in our SQL."""
    try:
        yield
    except sqlite3.IntegrityError:
        raise
    except sqlite3.DatabaseError as error:
        raise StoreUnavailable(str(error)) from error
