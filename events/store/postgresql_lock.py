"""A lock that a process holds for longer than a transaction, in a PostgreSQL database."""

from contextlib import suppress

import psycopg

from events.errors import StoreUnavailable
from events.store.postgresql_connections import Connection, Connections
from events.store.postgresql_database import lock_key


class AdvisoryLock:
    """Belongs to a connection of its own, and ends with it: when the process ends, or loses the server.

    For one thread at a time. The server notices within half a minute that a holder's machine has vanished.
    """

    def __init__(self, connections: Connections, name: str) -> None:
        """`name` tells it from other locks of the database."""
        self._connections = connections
        self._name = name
        self._connection: Connection | None = None

    def take(self) -> bool:
        """Take the lock if nobody holds it; tell whether it is held now. Raise StoreUnavailable."""
        if self._connection is not None:
            return self.is_held()
        connection = self._connections.connect()
        try:
            [(is_taken,)] = connection.execute(
                f"SELECT pg_try_advisory_lock({lock_key(self._name)}, 1)"
            ).fetchall()
        except psycopg.Error as error:
            connection.close()
            self._connections.translate(error)
        if is_taken:
            self._connection = connection
        else:
            connection.close()
        return bool(is_taken)

    def is_held(self) -> bool:
        """Ask the server whether the connection is there still. Once lost, the lock may be another's."""
        if self._connection is None:
            return False
        try:
            self._connection.execute("SELECT 1")
        except psycopg.Error:
            self.close()
        return self._connection is not None

    def require(self) -> None:
        """Raise StoreUnavailable when the lock has been lost."""
        if not self.is_held():
            raise StoreUnavailable(f"{self._connections.place}: the lock {self._name} was lost")

    def close(self) -> None:
        """Give the lock up, if it is held."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(psycopg.Error):
                connection.close()
