"""The small adapter behind which every query is written once, for each database.

A query is plain SQL in the dialect that SQLite and PostgreSQL share: `?` for parameters, integers for flags and
for times (epoch milliseconds), `INSERT ... ON CONFLICT`; no null characters in texts. docs/decisions/ says why it
is not an object mapper.
"""

import shutil
import sqlite3
import threading
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import Any, NoReturn, Protocol

import msgspec

from events.errors import StoreUnavailable
from events.store.one_row_inserts import is_insert_of_one_row, of_rows

Row = tuple[Any, ...]
Parameters = Sequence[Any]

BUSY_TIMEOUT = 10.0
"""Seconds to wait for another process that is writing to the same file."""

SCRATCH_CACHE = 64 * 1024
"""Kibibytes. Indexes of a million rows are filled in a third less time than with SQLite's own 2,000."""

ROWS_A_STATEMENT = 250
"""Of an insert. Many together save a tenth to a quarter of the time."""

UNAVAILABLE = frozenset(
    {
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOTADB,
    }
)
"""Primary result codes that speak of the file and its disk. All others speak of our SQL."""

_VALUES = msgspec.json.Decoder(list[Any])


class Transaction(Protocol):
    """Reads and writes that become visible together, or not at all."""

    def execute(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """Run one statement and return its rows."""
        ...

    def execute_many(self, sql: str, rows: Iterable[Parameters]) -> None:
        """Run one statement for each row of parameters, which must not touch the same row of the table twice.

        An insert that says ON CONFLICT DO NOTHING may.
        """
        ...


class Schema(Protocol):
    """What a store needs of its database. See `events/store/schema.py`."""

    def missing(self, rows: Transaction) -> list[str]:
        """The names of the steps that are to be taken still, in order, where others were taken before.

        Raise SchemaTooNew if some were taken that this version does not know.
        """
        ...

    def migrate(self, rows: Transaction) -> list[str]:
        """Take the steps that are missing, and return their names.

        Raise SchemaTooNew as well, unless what is not known is made of the log and can be made anew.
        """
        ...


class Database(Protocol):
    """A database whose transactions are serial and whose reads never wait for them.

    Raises StoreUnavailable when it can't be read or written: it is full, locked, gone, damaged or closed.
    """

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Begin a transaction that commits at the end of the block and rolls back on an exception."""
        ...

    def query(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """Return the rows of a SELECT over what is committed."""
        ...

    def scan(self, sql: str, parameters: Parameters = (), *, columns: int) -> list[Row]:
        """Return what `query` does, for a SELECT of many rows of text, numbers and NULL in so many columns.

        Other threads of the process run meanwhile.
        """
        ...

    def prepare(self, schema: Schema) -> None:
        """See to it that the tables of a store are there; raise SchemaMissing or SchemaTooNew if they can't be."""
        ...

    def close(self) -> None:
        """Close every connection. Calls after it fail."""
        ...


class SqliteDatabase:
    """One SQLite file in write-ahead mode: one writing connection behind a lock, a reading one a thread."""

    def __init__(self, path: Path, *, durable: bool = True, scratch: bool = False) -> None:
        """Open the file, creating it if need be.

        With `durable`, a commit is on the disk when it returns. Without, the last commits can be lost with the
        machine's power, never with the process's life: right for what is rebuilt from the log. `scratch` is for a
        file that is filled as fast as can be and thrown away when anything fails: no transaction of it is taken
        back, and it has its readers and its writer in one thread.
        """
        self._path = path
        self._synchronous = "OFF" if scratch else "FULL" if durable else "NORMAL"
        self._closed = False
        self._writing = threading.Lock()
        self._threads = threading.local()
        self._readers: weakref.WeakSet[_Reader] = weakref.WeakSet()
        self._opening = threading.Lock()
        try:
            self._writer = self._connect(f"PRAGMA journal_mode = {'OFF' if scratch else 'WAL'}")
            if scratch:
                self._writer.execute(f"PRAGMA cache_size = -{SCRATCH_CACHE}")
        except sqlite3.Error as error:
            self._translate(error)

    @contextmanager
    def transaction(self) -> Iterator["SqliteTransaction"]:
        """Begin a transaction that commits at the end of the block and rolls back on an exception.

        IMMEDIATE, because a transaction that reads first and writes later fails at once when another connection
        wrote in between.
        """
        with self._writing:
            try:
                self._writer.execute("BEGIN IMMEDIATE")
                try:
                    yield SqliteTransaction(self._writer)
                    self._writer.execute("COMMIT")
                except BaseException:
                    if self._writer.in_transaction:  # SQLite rolls back by itself on some errors
                        self._writer.execute("ROLLBACK")
                    raise
            except sqlite3.Error as error:
                self._translate(error)

    def query(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """Return the rows of a SELECT over what is committed."""
        try:
            reader: _Reader | None = getattr(self._threads, "reader", None)
            if reader is None:
                reader = self._open_reader()
            with reader.lock:
                return reader.connection.execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            self._translate(error)

    def scan(self, sql: str, parameters: Parameters = (), *, columns: int) -> list[Row]:
        """Return what `query` does, for a SELECT of many rows of text, numbers and NULL in so many columns.

        SQLite makes a JSON text of each column. Python gives up its interpreter lock for each row that it fetches,
        and two threads that fetch or compute take it from each other row by row: that cost more than the rows.
        """
        names = [f"c{number}" for number in range(columns)]
        packed = ", ".join(f"json_group_array({name})" for name in names)
        [columns_of_values] = self.query(
            f"WITH page ({', '.join(names)}) AS ({sql}) SELECT {packed} FROM page",  # noqa: S608 - our own SQL
            parameters,
        )
        return list(zip(*map(_VALUES.decode, columns_of_values), strict=True))

    def free_bytes(self) -> int:
        """Return how much room the file's disk has left."""
        try:
            return shutil.disk_usage(self._path.parent).free
        except OSError as error:
            raise StoreUnavailable(f"{self._path.name}: {error.strerror}") from error

    def prepare(self, schema: Schema) -> None:
        """Make what is missing; raise SchemaTooNew."""
        with self.transaction() as rows:
            schema.migrate(rows)

    def close(self) -> None:
        """Close every connection, after what they are doing. Calls after it fail."""
        with self._writing, self._opening:
            self._closed = True
            self._writer.close()
            for reader in list(self._readers):
                reader.close()

    def _open_reader(self) -> "_Reader":
        with self._opening:
            if self._closed:
                raise StoreUnavailable(f"{self._path.name} is closed.")
            reader = self._threads.reader = _Reader(self._connect("PRAGMA query_only = ON", "rw"))
            self._readers.add(reader)
            return reader

    def _connect(self, pragma: str, mode: str = "rwc") -> sqlite3.Connection:
        """Connect. A reader makes no file: one that was replaced and removed meanwhile would come back empty."""
        file = f"{self._path.absolute().as_uri()}?mode={mode}"
        connection = sqlite3.connect(
            file, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False, uri=True
        )
        try:
            connection.execute(f"PRAGMA synchronous = {self._synchronous}")
            connection.execute(pragma)
        except BaseException:
            connection.close()
            raise
        return connection

    def _translate(self, error: sqlite3.Error) -> NoReturn:
        """Tell a store that can't be used from a mistake in our SQL, which is raised as it is."""
        code: int | None = getattr(error, "sqlite_errorcode", None)
        if self._closed or (code is not None and code & 0xFF in UNAVAILABLE):
            raise StoreUnavailable(f"{self._path.name}: {error}") from error
        raise error


class SqliteTransaction:
    """The writing connection, inside a transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """Run one statement and return its rows."""
        with closing(self._connection.execute(sql, parameters)) as cursor:
            return cursor.fetchall()

    def execute_many(self, sql: str, rows: Iterable[Parameters]) -> None:
        """Run one statement for each row of parameters.

        An insert takes many rows at once: what Python and SQLite do around a statement is done once for them all.
        """
        remaining = iter(rows)
        if is_insert_of_one_row(sql):
            while len(some := list(islice(remaining, ROWS_A_STATEMENT))) == ROWS_A_STATEMENT:
                self.execute(of_rows(sql, ROWS_A_STATEMENT), list(chain.from_iterable(some)))
            remaining = iter(some)
        with closing(self._connection.executemany(sql, remaining)):
            pass


class _Reader:
    """One thread's reading connection. It closes with its thread, whose local storage is all that holds it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.lock = threading.Lock()
        """Keeps `close` from taking the connection away from under a query."""
        weakref.finalize(self, connection.close).atexit = False

    def close(self) -> None:
        """Close the connection, after the query that it is answering."""
        with self.lock:
            self.connection.close()
