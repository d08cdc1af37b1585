"""A database of one object's own, which nobody else sees and which goes with it."""

import sqlite3
import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from events.errors import StoreUnavailable
from events.store.database import Parameters, Row, Schema, SqliteTransaction

CACHE_KIBIBYTES = 8 * 1024
"""What it has in memory at most."""


class PrivateDatabase:
    """SQLite in memory, and from a few megabytes on in a temporary file without a name.

    A `Database` that is written first, in one go, and then asked by any number of threads, one after the other. A
    transaction that fails leaves it useless.
    """

    def __init__(self) -> None:
        """Make an empty one."""
        self._connection = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode = OFF")
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.execute(f"PRAGMA cache_size = -{CACHE_KIBIBYTES}")
        self._lock = threading.RLock()
        self._finalizer = weakref.finalize(self, self._connection.close)

    @contextmanager
    def transaction(self) -> Iterator[SqliteTransaction]:
        """Begin a transaction that ends with the block."""
        with self._lock, self._explained():
            self._connection.execute("BEGIN")
            yield SqliteTransaction(self._connection)
            self._connection.execute("COMMIT")

    def query(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """Return the rows of a SELECT."""
        with self._lock, self._explained():
            return self._connection.execute(sql, parameters).fetchall()

    def scan(self, sql: str, parameters: Parameters = (), *, columns: int) -> list[Row]:  # noqa: ARG002 - as elsewhere
        """Return what `query` does."""
        return self.query(sql, parameters)

    def make(self, statements: Sequence[str]) -> None:
        """Make tables and indexes."""
        with self._lock, self._explained():
            self._connection.executescript(";".join(statements))

    def prepare(self, schema: Schema) -> None:
        """Make what is missing."""
        with self.transaction() as rows:
            schema.migrate(rows)

    def close(self) -> None:
        """Give up what it holds. Calls after it fail."""
        with self._lock:
            self._finalizer()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Say of a disk that is full, or of a database that is closed, that it is no mistake of ours."""
        try:
            yield
        except (sqlite3.OperationalError, sqlite3.ProgrammingError) as error:
            if isinstance(error, sqlite3.OperationalError) or not self._finalizer.alive:
                raise StoreUnavailable(f"a private database: {error}") from error
            raise
