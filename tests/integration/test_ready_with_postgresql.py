"""Whether an API is ready, asked over HTTP, while its PostgreSQL is away or takes nothing."""

import asyncio
from contextlib import closing
from pathlib import Path

import orjson
import psycopg
import pytest

from events.clock import SystemClock
from service.listening import listening_in_a_thread
from service.migrating import migrate
from service.roles.api import api
from service.settings import Settings
from tests.support.postgresql_server import running_postgresql
from tests.support.raw_http import exchange, request

LONGEST_ANSWER = 8.0
"""Seconds after which a proxy or Docker would give up; compose.yaml waits so long."""

COMMAND = orjson.dumps(
    {
        "roleArn": "arn:aws:iam::000000000000:role/audit",
        "auditCheckConfigurations": {"LOGGING_DISABLED_CHECK": {"enabled": True}},
    }
)


@pytest.fixture
def server():
    with running_postgresql() as server:
        list(migrate(server.url()))
        yield server


@pytest.fixture
def url(server):
    settings = Settings(database_url=server.url(), port=0)
    with api(settings, SystemClock()) as services, listening_in_a_thread(services) as url:
        yield url


def health(url, path):
    asked = exchange(url, request("GET", f"/health/{path}"))
    answer = asyncio.run(asyncio.wait_for(asked, LONGEST_ANSWER))
    return answer.status, orjson.loads(answer.body).get("reasons", [])


def assert_not_ready(url, caplog, why):
    caplog.clear()
    assert health(url, "ready") == (503, ["The log can't be appended to."])
    [logged] = [each.getMessage() for each in caplog.records if each.name == "service.observing.health"]
    assert logged.startswith("The log can't be appended to: ")
    assert why in logged
    assert health(url, "live") == (200, [])


def test_without_its_server_it_is_not_ready_and_with_it_it_is_again(server, url, caplog):
    assert health(url, "ready") == (200, [])

    server.stop()
    assert_not_ready(url, caplog, "onnection")

    server.start()
    assert health(url, "ready") == (200, [])


def test_a_server_that_has_become_a_standby_takes_nothing_and_that_is_said(server, url, caplog):
    """As after a failover, for who is connected to the address of the one that failed."""
    with closing(psycopg.connect(server.url())) as connection:
        [(directory,)] = connection.execute("SHOW data_directory").fetchall()
    signal = Path(directory) / "standby.signal"

    server.stop()
    signal.touch()
    server.start()
    assert_not_ready(url, caplog, "recovery")
    asked = exchange(url, request("PATCH", "/audit/configuration", COMMAND, "Content-Type: application/json"))
    assert asyncio.run(asyncio.wait_for(asked, LONGEST_ANSWER)).status == 500

    server.stop()
    signal.unlink()
    server.start()
    assert health(url, "ready") == (200, [])
