from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from events.store.database import Database, SqliteDatabase
from tests.support.mqtt_server import MqttServer
from tests.support.presence_feed import FeedAtWork
from workers.presence.mqtt_broker import MqttBroker


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with closing(SqliteDatabase(tmp_path / "presence.sqlite", durable=True)) as database:
        yield database


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MqttServer]:
    with MqttServer(tmp_path) as server:
        yield server


@pytest.fixture
def broker(server: MqttServer) -> MqttBroker:
    return MqttBroker("127.0.0.1", server.port, "fleet-audit", version="3.1.1", tls=None)


@pytest.fixture
def feed_of(database: Database) -> Iterator[Callable[..., FeedAtWork]]:
    """Makes feeds that have begun; they are stopped at the end."""
    with ExitStack() as at_end:

        def make(broker: MqttBroker, **how: bool) -> FeedAtWork:
            work = FeedAtWork(broker, database, **how)
            at_end.callback(work.stop)
            return work

        yield make
