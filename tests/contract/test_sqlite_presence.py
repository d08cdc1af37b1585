"""The presence store keeps its contract over SQLite."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from events.store.database import Database, SqliteDatabase
from tests.contract.connections_contract import ConnectionsContract
from tests.contract.presence_contract import PresenceContract


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = SqliteDatabase(tmp_path / "presence.sqlite", durable=False)
    yield opened
    opened.close()


class TestSqlitePresence(PresenceContract):
    @pytest.fixture
    def database(self, database: Database) -> Database:
        return database


class TestSqliteConnections(ConnectionsContract):
    @pytest.fixture
    def database(self, database: Database) -> Database:
        return database
