"""Which of several coordinators is the active one: whoever holds the lock.

The lock spares work, and nothing rests on it: read models and the dispatcher's tables change in transactions that
look at the position first, so a coordinator that was active a moment too long changes nothing
(docs/decisions/0010-roles-and-a-queue-in-redis.md).
"""

import fcntl
from functools import partial
from pathlib import Path
from typing import Protocol, TextIO

import psycopg

from events.errors import StoreUnavailable
from events.store.postgresql_connections import Connection
from events.store.postgresql_lock import AdvisoryLock
from service.data_directory import make_data_directory
from service.settings import Settings

SECONDS_BETWEEN_LOOKS = 1.0
"""How often a coordinator looks whether it holds the lock, and others whether it is free."""

LONGEST_SILENCE = 3
"""Seconds after which PostgreSQL takes the lock from a coordinator that says nothing: it hangs, or was stopped, or
its host is gone. So another is active within ten seconds of whatever happened."""

KEEPALIVES = {
    "tcp_keepalives_idle": "2",
    "tcp_keepalives_interval": "1",
    "tcp_keepalives_count": "3",
    "idle_session_timeout": f"{LONGEST_SILENCE}s",
    "lock_timeout": "2s",
    "statement_timeout": "2s",
}
"""What the server is told on the lock's connection."""


class Lock(Protocol):
    """Held by one at a time."""

    def is_held(self) -> bool:
        """Take the lock if it is free, and tell whether it is ours. False when that can't be known."""
        ...

    def release(self) -> None:
        """Let another have it."""
        ...


class FileLock:
    """For processes on one host and one data directory. It goes with its process, however that ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: TextIO | None = None

    def is_held(self) -> bool:
        """Take the lock if it is free, and tell whether it is ours."""
        if self._file is None:
            file = self._path.open("a")
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                file.close()
                return False
            self._file = file
        return True

    def release(self) -> None:
        """Let another have it."""
        if self._file is not None:
            self._file.close()
            self._file = None


class PostgresqlLock:
    """An advisory lock. It goes with its connection, which the server ends when it hears nothing."""

    def __init__(self, url: str) -> None:
        self._lock = AdvisoryLock(partial(_connection, url), "coordinating")

    def is_held(self) -> bool:
        """Take the lock if it is free, and tell whether it is ours. False when PostgreSQL can't be asked."""
        try:
            return self._lock.take()
        except StoreUnavailable:
            return False

    def release(self) -> None:
        """Let another have it."""
        self._lock.close()


def _connection(url: str) -> Connection:
    return psycopg.Connection.connect(
        url,
        autocommit=True,
        connect_timeout=2,
        tcp_user_timeout=4000,
        application_name="fleet-audit coordinator",
        options=" ".join(f"-c {name}={value}" for name, value in KEEPALIVES.items()),
    )


def lock_of(settings: Settings) -> Lock:
    """The lock of the database that is set, or of the data directory."""
    if settings.database_url is not None:
        return PostgresqlLock(settings.database_url)
    return FileLock(make_data_directory(settings.data_directory).path / "coordinating.lock")
