"""The whole of it on one machine: the servers that come in wheels, and every role as a process of its own.

`make cluster` runs this for people (`tests/support/run_cluster.py`), and the tests run it as well.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import MappingProxyType

import boto3
from botocore.config import Config

from tests.support.fleet_audit_process import Client, fleet_audit
from tests.support.postgresql_server import PostgresqlServer, running_postgresql
from tests.support.redis_server import RedisServer
from tests.support.role_process import RoleProcess

LONGEST_TAKE_OVER = 10.0
"""Seconds."""


class Cluster:
    """PostgreSQL, Redis, and processes that share them."""

    def __init__(
        self,
        home: Path,
        database_url: str,
        redis: RedisServer,
        variables: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.home = home
        self.redis = redis
        self.variables = {
            "FLEET_AUDIT_DATABASE_URL": database_url,
            "FLEET_AUDIT_REDIS_URL": redis.url,
            "FLEET_AUDIT_METRICS_PORT": "0",
            **variables,
        }
        self.apis: list[RoleProcess] = []
        self.urls: list[str] = []
        self.coordinators: list[RoleProcess] = []
        self.workers: list[RoleProcess] = []

    def start(self, *, apis: int = 2, coordinators: int = 2, workers: int = 2, ports: int = 0) -> None:
        """Make the tables, start everything, wait until it is ready; the APIs on `ports` and those after it."""
        migrated = fleet_audit("migrate", home=self.home, cwd=None, **self.variables)
        assert migrated.returncode == 0, migrated.stderr
        self.apis = [self.role("api", "--port", str(ports and ports + number)) for number in range(apis)]
        self.coordinators = [self.role("coordinator") for _ in range(coordinators)]
        self.workers = [self.role("worker") for _ in range(workers)]
        self.urls = [api.url() for api in self.apis]
        for each in (*self.coordinators, *self.workers):
            each.url()

    def role(self, role: str, *arguments: str) -> RoleProcess:
        """Start one more process; who starts it says where it belongs, if it is to be stopped with the rest."""
        number = len(list(self.home.glob(f"{role}-*.log")))
        return RoleProcess(f"{role}-{number}", [role, *arguments], self.home, self.variables)

    def stop(self) -> None:
        """Stop what is running still, the workers last: what they do is asked for no more."""
        for each in (*self.apis, *self.coordinators, *self.workers):
            if each.process.poll() is None:
                each.process.terminate()
        for each in (*self.apis, *self.coordinators, *self.workers):
            each.kill_unless_it_stops()

    def active_coordinator(self) -> RoleProcess:
        """The coordinator that said last that it is active, waiting no longer than taking over may take."""
        deadline = time.monotonic() + LONGEST_TAKE_OVER
        while True:
            for each in self.coordinators:
                if each.process.poll() is None and each.said and each.said[-1].endswith(": active\n"):
                    return each
            assert time.monotonic() < deadline, [each.said for each in self.coordinators]

    def client(self, number: int = 0) -> Client:
        """boto3's client for one of the APIs."""
        return boto3.client(
            "iot",
            endpoint_url=self.urls[number],
            region_name="us-east-1",
            aws_access_key_id="any",
            aws_secret_access_key="any",
            config=Config(retries={"total_max_attempts": 1, "mode": "standard"}),
        )


@contextmanager
def running_cluster(
    home: Path, variables: Mapping[str, str] = MappingProxyType({}), **numbers: int
) -> Iterator[Cluster]:
    """A cluster with servers of its own; everything is gone after the block, but the logs in `home`."""
    with ExitStack() as opened:
        postgresql = opened.enter_context(running_postgresql())
        with on_servers(home, postgresql, variables, **numbers) as cluster:
            yield cluster


@contextmanager
def on_servers(
    home: Path, postgresql: PostgresqlServer, variables: Mapping[str, str] = MappingProxyType({}), **numbers: int
) -> Iterator[Cluster]:
    """A cluster with a database of its own on a server that runs already."""
    (home / "redis").mkdir()
    with postgresql.new_database() as database, RedisServer(home / "redis", keeps_data=True) as redis:
        cluster = Cluster(home, postgresql.url(database), redis, variables)
        try:
            cluster.start(**numbers)
            yield cluster
        finally:
            cluster.stop()
