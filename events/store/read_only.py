"""A SQLite file that is only looked at: of a service at work, of a stopped one, or a copy nobody may write."""

import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from events.errors import StoreUnavailable
from events.store.database import BUSY_TIMEOUT, Row

PAGES_IN_MEMORY = -8_000
"""Kibibytes, as SQLite wants to have it."""


class ReadOnlySqlite:
    """Answers queries. Threads may share one."""

    def __init__(self, path: Path) -> None:
        """Open the file; raise StoreUnavailable if it is not there or can't be read."""
        self._name = path.name
        self._lock = threading.Lock()
        if not path.is_file():
            raise StoreUnavailable(f"{path} is not there")
        uri = f"file:{quote(str(path.resolve()))}?mode=ro"
        try:
            self._connection = _opened(uri)
        except sqlite3.Error as error:
            # In a directory that can't be written to, the file can only be read as one that nobody changes.
            log = path.with_name(f"{path.name}-wal")
            if log.exists() and log.stat().st_size:
                raise StoreUnavailable(
                    f"{path.name} has a write-ahead log, and can be read only where files can be made beside it;"
                    " copy both elsewhere"
                ) from error
            try:
                self._connection = _opened(f"{uri}&immutable=1")
            except sqlite3.Error as again:
                raise StoreUnavailable(f"{path.name}: {again}") from again

    def query(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Return the rows of a SELECT; raise StoreUnavailable if the file can't be read, or is none of ours."""
        try:
            with self._lock:
                return self._connection.execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise StoreUnavailable(f"{self._name}: {error}") from error

    def close(self) -> None:
        """Close the file. Calls after it fail."""
        with self._lock:
            self._connection.close()


def _opened(uri: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        uri, uri=True, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute(f"PRAGMA cache_size = {PAGES_IN_MEMORY}")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
    except BaseException:
        connection.close()
        raise
    return connection
