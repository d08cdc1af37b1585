"""A whole cluster that things are done to: every process, both servers, and the wires between them."""

import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from service.migrating import migrate
from tests.support.postgresql_server import PostgresqlServer, free_port, running_postgresql
from tests.support.redis_server import RedisServer
from tests.support.role_process import RoleProcess
from tests.support.tcp_relay import TcpRelay, tcp_relay

ROOT = Path(__file__).parents[2]
PROGRAM = (sys.executable, "-m", "tests.faults.role_with_its_own_clock")

ROLES = ("api", "api", "coordinator", "coordinator", "worker", "worker", "worker")

LONGEST_START = 60.0


class Place:
    """Where one process of a role stands: it is started again on the same port, with the same clock."""

    def __init__(self, role: str, number: int, home: Path, variables: Mapping[str, str]) -> None:
        self.name = f"{role}-{number}"
        self.port = free_port() if role == "api" else 0
        self._role = role
        self._home = home
        self._variables = variables
        self._starts = 0
        self._offset = home / f"{self.name}.offset"
        self.set_clock(0)
        self._process: RoleProcess | None = None

    @property
    def url(self) -> str:
        """Where an API answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start what is not there. It gets ready by itself."""
        if self._process is None or self._process.process.poll() is not None:
            if self._process is not None:
                self._process.kill()
            self._starts += 1
            arguments = [str(self._offset), self._role, str(self.port)]
            name = f"{self.name}.{self._starts}"
            self._process = RoleProcess(name, arguments, self._home, self._variables, program=PROGRAM)

    def wait_until_ready(self) -> None:
        """Start it if it has ended, as its supervisor would, and wait until it says that it is ready."""
        self.start()
        assert self._process is not None
        self._process.wait_until_it_says("ready at ", LONGEST_START)

    def kill(self) -> None:
        """kill -9."""
        assert self._process is not None
        self._process.kill()

    def hang(self) -> None:
        """SIGSTOP."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """SIGCONT."""
        self._signal(signal.SIGCONT)

    def stop(self) -> None:
        """SIGTERM, and SIGKILL if that does nothing."""
        if self._process is not None:
            self._signal(signal.SIGTERM)
            self._process.kill_unless_it_stops()

    def set_clock(self, seconds: int) -> None:
        """Let its clock be so many seconds ahead of the computer's."""
        new = self._offset.with_suffix(".new")
        new.write_text(str(seconds))
        new.replace(self._offset)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        if self._process.process.poll() is None:
            os.killpg(self._process.process.pid, number)


class Besieged:
    """The servers, the wires, and two APIs, two coordinators and three workers."""

    def __init__(
        self,
        home: Path,
        postgresql: PostgresqlServer,
        database: str,
        redis: RedisServer,
        wires: Mapping[str, TcpRelay],
    ) -> None:
        self.home = home
        self.postgresql = postgresql
        self.redis = redis
        self.database_url = postgresql.url(database)
        """Without a wire that can be cut."""
        self.wires = wires
        variables = {
            "PYTHONPATH": str(ROOT),
            "FLEET_AUDIT_DATABASE_URL": self.database_url.replace(
                f":{postgresql.port}/", f":{wires['postgresql'].port}/"
            ),
            "FLEET_AUDIT_REDIS_URL": redis.url.replace(str(redis.port), str(wires["redis"].port)),
            "FLEET_AUDIT_METRICS_PORT": "0",
            "FLEET_AUDIT_SHARD_SIZE": "100",
            "FLEET_AUDIT_LOG_FORMAT": "json",
        }
        self.places = [Place(role, number, home, variables) for number, role in enumerate(ROLES)]
        self.urls = [place.url for place in self.places if place.port]

    def start(self) -> None:
        """Start every process, and wait until all are ready."""
        for place in self.places:
            place.start()
        for place in self.places:
            place.wait_until_ready()

    def stop(self) -> None:
        """Stop every process; the servers stay."""
        for place in self.places:
            place.stop()

    def logs(self) -> list[Path]:
        """What the processes have written, those that were killed too."""
        return sorted(self.home.glob("*.log"))


@contextmanager
def besieged(home: Path) -> Iterator[Besieged]:
    """A cluster on servers of its own, which runs when the block begins; all is gone after it, but the logs."""
    redis_home = home / "redis"
    redis_home.mkdir()
    with ExitStack() as opened:
        postgresql = opened.enter_context(running_postgresql())
        database = opened.enter_context(postgresql.new_database())
        list(migrate(postgresql.url(database)))
        redis = opened.enter_context(RedisServer(redis_home, keeps_data=True))
        wires = {
            "postgresql": opened.enter_context(tcp_relay(postgresql.port)),
            "redis": opened.enter_context(tcp_relay(redis.port)),
        }
        cluster = Besieged(home, postgresql, database, redis, wires)
        opened.callback(cluster.stop)
        cluster.start()
        yield cluster
