"""The connections of one process to one schema of a PostgreSQL database: few, used again, and let go when lost.

Own, and not psycopg's pool: that connects in threads of its own, so who asks while the server is away learns it
only when his time is up and without the reason, and comes back late after it (docs/decisions/0009-postgresql.md).
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.types.numeric import Int8BinaryDumper, Int8Dumper

from events.errors import StoreUnavailable
from events.store import postgresql_arrays

R = TypeVar("R")

Connection = psycopg.Connection[tuple[Any, ...]]

PATIENCE = 10.0
"""Seconds to wait for a lock of the database, or for a connection that other threads use."""

LONGEST_STATEMENT = 60
"""Seconds. The longest of ours counts or discards the rows of millions of devices."""

LONGEST_PAUSE = 4
"""Seconds that a process may hold a transaction open without a word. One that was stopped in the midst would hold
up everybody who wants to write."""

UNAVAILABLE = ("08", "0A000", "25006", "25P0", "28", "3D", "40P01", "53", "55P03", "57", "58", "XX")
"""How the SQLSTATEs begin that speak of the server and its disk. All others speak of our SQL.

0A000 and 25006 are what a standby answers to who wants to write: one comes first when a transaction begins.
"""

NETWORK = {
    "application_name": "fleet-audit",
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "2",
    "tcp_user_timeout": "15000",
}
"""So that a server that vanished from the network is found out in some seconds. The URL may say otherwise."""


class _FlagDumper(Int8Dumper):
    """Flags are integers in our tables."""

    def dump(self, obj: Any) -> bytes:
        return b"1" if obj else b"0"


@dataclass(slots=True)
class _Lent:
    connection: Connection
    is_used: bool
    """Whether it was used before, and so may have been lost since."""


class Connections:
    """Lends connections to threads, one at a time each; threads may share it."""

    def __init__(self, url: str, schema: str, *, most: int, durable: bool = True, writing: bool = False) -> None:
        """Nothing is connected before it is needed, and never more than `most` connections.

        Only with `writing` may a statement outside of a transaction write.
        """
        settings = {
            "search_path": schema,
            "default_transaction_read_only": "off" if writing else "on",
            "statement_timeout": f"{LONGEST_STATEMENT}s",
            "lock_timeout": f"{PATIENCE:.0f}s",
            "idle_in_transaction_session_timeout": f"{LONGEST_PAUSE}s",
            "synchronous_commit": "on" if durable else "off",
            "tcp_keepalives_idle": "10",  # so that the server too finds out when we have vanished
            "tcp_keepalives_interval": "5",
            "tcp_keepalives_count": "3",
        }
        given = {name: str(value) for name, value in conninfo_to_dict(url).items()}
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        given_options = given.pop("options", "")
        self._conninfo = make_conninfo(**{**NETWORK, **given}, options=f"{given_options} {options}")
        self.place = f"{given.get('dbname', 'PostgreSQL')} at {given.get('host', 'its socket')}"
        """For a person: no user, no password."""
        self._idle: list[Connection] = []
        self._free = threading.BoundedSemaphore(most)
        self._lock = threading.Lock()
        self._is_closed = False
        self._last_backends: deque[int] = deque(maxlen=most)

    def has_backend(self, process_id: int) -> bool:
        """Whether a process of the server's is at the other end of one of the connections, or was lately."""
        return process_id in self._last_backends

    def connect(self) -> Connection:
        """Open a connection that is the caller's own."""
        try:
            connection = psycopg.Connection.connect(
                self._conninfo, autocommit=True, cursor_factory=psycopg.RawCursor
            )
        except psycopg.Error as error:
            self.translate(error)
        for python_type, dumper in ((int, Int8Dumper), (int, Int8BinaryDumper), (bool, _FlagDumper)):
            connection.adapters.register_dumper(python_type, dumper)
        postgresql_arrays.register(connection)
        self._last_backends.append(connection.info.backend_pid)
        return connection

    @contextmanager
    def lent(self, begin: Callable[[Connection], R]) -> Iterator[tuple[Connection, R]]:
        """Lend a connection for the block, after `begin` has gone well on it.

        `begin` must have no effect when it fails: if a connection that was used before turns out to be lost, it
        is tried again on a new one.
        """
        if not self._free.acquire(timeout=PATIENCE):
            raise StoreUnavailable(f"{self.place}: every connection is in use.")
        try:
            lent = self._take()
            try:
                begun = begin(lent.connection)
            except psycopg.Error as error:
                lent.connection.close()
                if not (lent.is_used and is_lost(error)):
                    self.translate(error)
                self._let_go_of_idle()
                lent = _Lent(self.connect(), is_used=False)
                begun = self._translated(begin, lent.connection)
            try:
                yield lent.connection, begun
            finally:
                self._give_back(lent.connection)
        finally:
            self._free.release()

    def translate(self, error: psycopg.Error) -> NoReturn:
        """Tell a store that can't be used from a mistake in our SQL, which is raised as it is."""
        if self._is_closed or is_lost(error) or (error.sqlstate or "").startswith(UNAVAILABLE):
            raise StoreUnavailable(f"{self.place}: {' '.join(str(error).split())}") from error
        raise error

    def close(self) -> None:
        """Close every connection, those in use when they come back."""
        self._is_closed = True
        self._let_go_of_idle()

    def _translated(self, begin: Callable[[Connection], R], connection: Connection) -> R:
        try:
            return begin(connection)
        except psycopg.Error as error:
            connection.close()
            self.translate(error)

    def _take(self) -> _Lent:
        with self._lock:
            if self._is_closed:
                raise StoreUnavailable(f"{self.place} is closed.")
            if self._idle:
                return _Lent(self._idle.pop(), is_used=True)
        return _Lent(self.connect(), is_used=False)

    def _give_back(self, connection: Connection) -> None:
        is_fit = not connection.closed and connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
        with self._lock:
            if is_fit and not self._is_closed:
                self._idle.append(connection)
                return
        with suppress(psycopg.Error):
            connection.close()

    def _let_go_of_idle(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()


def is_lost(error: psycopg.Error) -> bool:
    """Whether the connection has gone, with or without a last word of the server's."""
    if error.sqlstate is None:
        return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    return error.sqlstate.startswith(("08", "25P03", "57P"))
