"""A log in a file of its own, and a committer on it that is not started yet."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from events.committer import Committer
from events.log import EventLog
from events.store.sqlite import open_sqlite_log


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.sqlite"


@pytest.fixture
def log(path: Path) -> Iterator[EventLog]:
    opened = open_sqlite_log(path)
    yield opened
    opened.close()


@pytest.fixture
def committer(log: EventLog) -> Iterator[Committer]:
    made = Committer(log)
    yield made
    made.stop()
