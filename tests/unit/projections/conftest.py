"""Read models over an empty file, and the history that they are to project."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from events.store.database import SqliteDatabase
from tests.support.events import History
from tests.support.listening_database import ListeningDatabase
from tests.support.projecting import Projecting


@pytest.fixture
def database(tmp_path: Path) -> Iterator[SqliteDatabase]:
    with closing(SqliteDatabase(tmp_path / "read-models.sqlite", durable=False)) as opened:
        yield opened


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[ListeningDatabase]:
    with closing(ListeningDatabase(tmp_path / "listening.sqlite")) as opened:
        yield opened


@pytest.fixture
def projecting(database: SqliteDatabase) -> Projecting:
    return Projecting(database)


@pytest.fixture
def history() -> History:
    return History()
