"""Hears, through PostgreSQL, when another process has appended, and rings this process's bell."""

import logging
import select
import socket
import threading
from collections.abc import Callable

import psycopg

from events.bell import Bell
from events.errors import StoreUnavailable
from events.store.postgresql_connections import Connection

PAUSE = 1.0
"""Seconds between attempts to connect. Meanwhile nothing is heard, and who waits for the bell looks by himself."""

logger = logging.getLogger(__name__)


class Ear:
    """One thread, with a connection of its own that does nothing but LISTEN. It comes back when that is lost."""

    def __init__(
        self, connect: Callable[[], Connection], channel: str, bell: Bell, is_own: Callable[[int], bool]
    ) -> None:
        """`is_own` knows this process's own backends, whose appends have rung the bell already."""
        self._connect = connect
        self._is_own = is_own
        self._channel = channel
        self._bell = bell
        self._stopping = threading.Event()
        self._woken, self._waker = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name=f"ear of {channel}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening, and wait for that."""
        if not self._stopping.is_set():
            self._stopping.set()
            self._waker.send(b"!")
            self._thread.join()
            self._woken.close()
            self._waker.close()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with self._connect() as connection:
                    connection.execute(f"LISTEN {self._channel}")
                    self._listen(connection)
            except (psycopg.Error, StoreUnavailable) as error:
                logger.info("Nobody is told of what other processes append: %s", error)
                self._stopping.wait(PAUSE)

    def _listen(self, connection: Connection) -> None:
        server = connection.pgconn
        self._bell.ring()  # something may have been appended before anybody listened
        while not self._stopping.is_set():
            select.select([server.socket, self._woken.fileno()], [], [])
            server.consume_input()
            backends = set()
            while (heard := server.notifies()) is not None:
                backends.add(heard.be_pid)
            if not all(map(self._is_own, backends)):
                self._bell.ring()
