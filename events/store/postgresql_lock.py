"""A lock that a process holds for longer than a transaction, in a PostgreSQL database."""

from collections.abc import Callable
from contextlib import suppress

import psycopg

from events.errors import StoreUnavailable
from events.store.postgresql_connections import Connection
from events.store.postgresql_database import lock_key


class AdvisoryLock:
    """Belongs to a connection of its own, and ends with it: when the process ends, or loses the server.

    For one thread at a time. How soon the server notices that a holder hangs, or that its machine has vanished, is
    for its connection to say.
    """

    def __init__(self, connect: Callable[[], Connection], name: str) -> None:
        """`connect` opens a connection that commits each statement; `name` tells the lock from others."""
        self._connect = connect
        self._name = name
        self._connection: Connection | None = None
        self._is_taken = False

    def take(self) -> bool:
        """Take the lock if nobody holds it; tell whether it is held now. Raise StoreUnavailable.

        Who was not given it asks again on the same connection, until `close`.
        """
        if self._is_taken:
            return self.is_held()
        try:
            connection = self._connection = self._connection or self._connect()
            asked = connection.execute(f"SELECT pg_try_advisory_lock({lock_key(self._name)}, 1)")
            [(self._is_taken,)] = asked.fetchall()
        except psycopg.Error as error:
            self.close()
            raise StoreUnavailable(f"the lock {self._name}: {' '.join(str(error).split())}") from error
        return self._is_taken

    def is_held(self) -> bool:
        """Ask the server whether the connection is there still. Once lost, the lock may be another's."""
        if self._connection is None or not self._is_taken:
            return False
        try:
            self._connection.execute("SELECT 1")
        except psycopg.Error:
            self.close()
        return self._is_taken

    def require(self) -> None:
        """Raise StoreUnavailable when the lock has been lost."""
        if not self.is_held():
            raise StoreUnavailable(f"the lock {self._name} was lost")

    def close(self) -> None:
        """Give the lock up, if it is held: when this returns, another can take it."""
        connection, self._connection = self._connection, None
        is_taken, self._is_taken = self._is_taken, False
        if connection is None:
            return
        with suppress(psycopg.Error):
            if is_taken:  # said, since the server notices a moment late that a connection was closed
                connection.execute("SELECT pg_advisory_unlock_all()")
        with suppress(psycopg.Error):
            connection.close()
