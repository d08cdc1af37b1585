"""Another file beside a SQLite file, which takes its place.

A SQLite file has one writer at a time, and to drop a table of a million findings, or to copy one, takes ten
seconds of him. So the tables that are filled have a file of their own, which replaces the whole serving file: the
path that everybody opens becomes a symbolic link, which is pointed from one file to the next. Readers see one or
the other. Each file has a name of its own, since SQLite finds its write-ahead log by it.
"""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from events.errors import StoreUnavailable
from events.store.aside import Query
from events.store.database import BUSY_TIMEOUT, Row, SqliteDatabase, Transaction
from events.store.replaceable_database import ReplaceableDatabase


class SqliteAside:
    """The file after the present one: `NAME.2.sqlite` after `NAME.1.sqlite`, to which `NAME.sqlite` leads."""

    replaces_all = True

    def __init__(self, path: Path) -> None:
        """`path` is what everybody opens. The file need not be there."""
        self.serving = ReplaceableDatabase(path)
        self._path = path
        self._database: SqliteDatabase | None = None
        self._file = self._next_file()

    def open(self) -> SqliteDatabase:
        """Empty the place, and open it for being filled."""
        self.clear()
        self._file = self._next_file()
        self._database = SqliteDatabase(self._file, scratch=True)
        return self._database

    def carry(self, tables: Sequence[str]) -> None:
        """Copy rows of the serving file. Tables and indexes are alike, so SQLite copies them as they are."""
        with closing(sqlite3.connect(self._file, timeout=BUSY_TIMEOUT, isolation_level=None)) as filling:
            filling.execute("PRAGMA journal_mode = OFF")
            filling.execute("PRAGMA synchronous = OFF")
            filling.execute("ATTACH ? AS serving", (str(self._path),))
            filling.execute("BEGIN")
            for table in tables:
                filling.execute(f"INSERT INTO main.{table} SELECT * FROM serving.{table}")  # noqa: S608 - our tables
            filling.execute("COMMIT")

    def settle(self) -> SqliteDatabase:
        """Have what was filled on the disk, and write as the serving file is written."""
        self._close_database()
        with self._file.open("rb") as file:
            os.fsync(file.fileno())
        self._database = SqliteDatabase(self._file, durable=False)
        return self._database

    @contextmanager
    def replacing(self) -> Iterator[Transaction]:
        """Hold the serving file's write lock."""
        with self.serving.transaction() as rows:
            yield rows

    def replace(self, rows: Transaction, tables: Sequence[str]) -> None:  # noqa: ARG002 - the protocol's
        """Point the path to the new file. All its tables were filled or carried."""
        self._close_database()
        link = self._path.with_suffix(".link")
        link.unlink(missing_ok=True)
        link.symlink_to(self._file.name)
        link.replace(self._path)

    def unhurried(self, rows: Transaction) -> None:
        """Statements of SQLite take as long as they need."""

    @contextmanager
    def snapshot(self) -> Iterator[Query]:
        """Ask in one reading transaction."""
        with closing(sqlite3.connect(self._path, timeout=BUSY_TIMEOUT, isolation_level=None)) as reading:
            reading.execute("PRAGMA query_only = ON")
            reading.execute("BEGIN")

            def query(sql: str, parameters: Sequence[object] = ()) -> list[Row]:
                try:
                    return reading.execute(sql, parameters).fetchall()
                except sqlite3.Error as error:
                    raise StoreUnavailable(f"{self._path.name}: {error}") from error

            yield query

    def clear(self) -> None:
        """Remove every file of this name but the serving one."""
        self._close_database()
        present = self._path.resolve().name
        kept = {present, f"{present}-wal", f"{present}-shm"}
        for file in self._path.parent.glob(f"{self._path.stem}.*{self._path.suffix}*"):
            if file.name not in kept:
                file.unlink(missing_ok=True)
        if self._path.is_symlink():
            for end in ("-wal", "-shm"):
                self._path.with_name(self._path.name + end).unlink(missing_ok=True)

    def close(self) -> None:
        """Close every connection."""
        self._close_database()
        self.serving.close()

    def _close_database(self) -> None:
        database, self._database = self._database, None
        if database is not None:
            database.close()

    def _next_file(self) -> Path:
        number = 0
        with suppress(ValueError):
            number = int(self._path.resolve().stem.removeprefix(f"{self._path.stem}."))
        return self._path.resolve().with_name(f"{self._path.stem}.{number + 1}{self._path.suffix}")
