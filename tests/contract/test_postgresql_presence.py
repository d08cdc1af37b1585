"""The presence store keeps its contract over PostgreSQL."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from events.store.database import Database
from events.store.postgresql_database import PostgresqlDatabase
from tests.contract.connections_contract import ConnectionsContract
from tests.contract.presence_contract import PresenceContract


@pytest.fixture
def database(migrated_url: str) -> Iterator[Database]:
    with closing(PostgresqlDatabase(migrated_url, "presence")) as opened:
        yield opened


class TestPostgresqlPresence(PresenceContract):
    @pytest.fixture
    def database(self, database: Database) -> Database:
        return database


class TestPostgresqlConnections(ConnectionsContract):
    @pytest.fixture
    def database(self, database: Database) -> Database:
        return database
