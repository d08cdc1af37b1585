"""The read models over SQLite keep the contract."""

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest

from events.store.database import SqliteDatabase
from tests.contract.read_models_contract import NewDatabase, ReadModelsContract


class TestReadModelsOnSqlite(ReadModelsContract):
    @pytest.fixture
    def new_database(self, tmp_path: Path) -> Iterator[NewDatabase]:
        numbers = count()
        with ExitStack() as opened:

            def make() -> SqliteDatabase:
                database = SqliteDatabase(tmp_path / f"{next(numbers)}.sqlite", durable=False)
                opened.callback(database.close)
                return database

            yield make
