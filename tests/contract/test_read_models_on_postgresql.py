"""The read models over PostgreSQL keep the contract."""

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count

import pytest

from events.store.postgresql_database import PostgresqlDatabase
from projections.read_model_tables import ReadModelTables
from projections.read_models import PROJECTIONS
from tests.contract.read_models_contract import NewDatabase, ReadModelsContract


class TestReadModelsOnPostgresql(ReadModelsContract):
    @pytest.fixture
    def new_database(self, postgresql_url: str) -> Iterator[NewDatabase]:
        """Schemas of one database, since a test asks for hundreds."""
        numbers = count()
        with ExitStack() as opened:

            def make() -> PostgresqlDatabase:
                database = PostgresqlDatabase(postgresql_url, f"read_models_{next(numbers)}", durable=False)
                opened.callback(database.close)
                database.migrate(ReadModelTables(PROJECTIONS))
                return database

            yield make
