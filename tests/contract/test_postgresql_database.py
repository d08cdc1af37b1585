"""The adapter over PostgreSQL keeps the contract, and what is said of PostgreSQL in particular."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from events.store.database import Database, Schema
from events.store.postgresql_database import PostgresqlDatabase
from events.store.schema import Steps
from tests.contract.database_contract import DatabaseContract

EMPTY = Steps("nothing", {})


@pytest.fixture
def database(postgresql_url: str) -> Iterator[PostgresqlDatabase]:
    with closing(PostgresqlDatabase(postgresql_url, "houses")) as opened:
        opened.migrate(EMPTY)
        yield opened


class TestPostgresqlDatabase(DatabaseContract):
    @pytest.fixture
    def database(self, database: PostgresqlDatabase) -> PostgresqlDatabase:
        return database

    @pytest.fixture
    def another(self, postgresql_url: str) -> Iterator[PostgresqlDatabase]:
        with closing(PostgresqlDatabase(postgresql_url, "houses", durable=False)) as opened:
            yield opened

    def migrate(self, database: Database, schema: Schema) -> None:
        assert isinstance(database, PostgresqlDatabase)
        database.migrate(schema)
