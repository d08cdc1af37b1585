"""A SQLite file in whose place another one may be put while processes use it."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from events.errors import StoreUnavailable
from events.store.database import Parameters, Row, Schema, SqliteDatabase, SqliteTransaction


@dataclass(frozen=True)
class _Opened:
    database: SqliteDatabase
    file: tuple[int, int]
    """Device and inode."""


class ReplaceableDatabase:
    """A `Database` that looks before each call whether its path leads to another file, and then goes there.

    Who replaces the file holds its write lock meanwhile (`events/store/sqlite_aside.py`), and a transaction looks
    once more when it has that lock; so nothing is written to a file that was replaced. A look takes a microsecond.
    """

    def __init__(self, path: Path) -> None:
        """Open the file, creating it if need be. Its last commits need not outlast the machine's power."""
        self._path = path
        self._changing = threading.Lock()
        self._is_closed = False
        self._opened = self._open()

    @contextmanager
    def transaction(self) -> Iterator[SqliteTransaction]:
        """Begin a transaction that commits at the end of the block and rolls back on an exception."""
        while True:
            database = self._present()
            with database.transaction() as rows:
                if self._opened.database is database and self._is_in_place(self._opened):
                    yield rows
                    return

    def query(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """Return the rows of a SELECT over what is committed."""
        while True:
            database = self._present()
            try:
                return database.query(sql, parameters)
            except StoreUnavailable:
                if database is self._present():  # else another thread has closed it, to go on to the next one
                    raise

    def scan(self, sql: str, parameters: Parameters = (), *, columns: int) -> list[Row]:
        """Return what `query` does, for a SELECT of many rows."""
        while True:
            database = self._present()
            try:
                return database.scan(sql, parameters, columns=columns)
            except StoreUnavailable:
                if database is self._present():
                    raise

    def prepare(self, schema: Schema) -> None:
        """Make what is missing; raise SchemaTooNew."""
        with self.transaction() as rows:
            schema.migrate(rows)

    def close(self) -> None:
        """Close every connection. Calls after it fail."""
        with self._changing:
            self._is_closed = True
            self._opened.database.close()

    def _present(self) -> SqliteDatabase:
        opened = self._opened
        if self._is_in_place(opened) or self._is_closed:
            return opened.database
        with self._changing:
            if self._opened is opened and not self._is_closed:
                self._opened = self._open()
                opened.database.close()
        return self._opened.database

    def _is_in_place(self, opened: _Opened) -> bool:
        return _file_at(self._path) in (opened.file, None)

    def _open(self) -> _Opened:
        while True:
            before = _file_at(self._path)
            database = SqliteDatabase(self._path, durable=False)
            file = _file_at(self._path)
            if file is not None and before in (file, None):
                return _Opened(database, file)
            database.close()  # the file was replaced while it was opened


def _file_at(path: Path) -> tuple[int, int] | None:
    """Which file a path leads to. One that was deleted under those who use it is theirs until they end."""
    try:
        found = os.stat(path)  # noqa: PTH116 - a path's own method takes three times as long
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino
