"""The read models behind a real follower of a real log."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from events.follower import Follower
from events.log import EventLog
from events.store.database import SqliteDatabase
from events.store.sqlite import open_sqlite_log
from projections.audit_findings import FindingFilter
from projections.paging import Page
from projections.read_models import ReadModels
from tests.support.events import History, device_certificate, non_compliance, task_id
from tests.support.given import ACCOUNT
from tests.support.projecting import rows_of

PATIENCE = 30.0


@pytest.fixture
def log(tmp_path: Path) -> Iterator[EventLog]:
    with closing(open_sqlite_log(tmp_path / "events.sqlite")) as opened:
        yield opened


@pytest.fixture
def database(tmp_path: Path) -> Iterator[SqliteDatabase]:
    with closing(SqliteDatabase(tmp_path / "read-models.sqlite", durable=False)) as opened:
        yield opened


@contextmanager
def following(log: EventLog, database: SqliteDatabase) -> Iterator[tuple[ReadModels, Follower]]:
    models = ReadModels(database, end_of_log=log.last_position())
    follower = Follower(log, models)
    follower.start()
    try:
        yield models, follower
    finally:
        follower.stop()


def an_audit() -> History:
    history = History()
    history.role_changed()
    history.scheduled_audit_created()
    history.task_started()
    history.findings_recorded([non_compliance(device_certificate(number)) for number in range(40)])
    history.shard_completed()
    return history


def test_what_is_appended_is_answered_as_soon_as_its_position_is_passed(log, database):
    with following(log, database) as (models, follower):
        for event in an_audit().events:
            [position] = log.append([event])
            assert follower.wait_until(position, PATIENCE)

        assert models.audit_tasks.describe(ACCOUNT, task_id()) is not None
        assert len(models.audit_findings.list(ACCOUNT, FindingFilter(), Page(250)).rows) == 40


def test_after_their_file_was_deleted_a_start_brings_everything_back(log, database, tmp_path):
    end = log.append(an_audit().events)[-1]
    with following(log, database) as (_, follower):
        assert follower.wait_until(end, PATIENCE)

    with closing(SqliteDatabase(tmp_path / "another.sqlite", durable=False)) as empty:
        with following(log, empty) as (models, follower):
            assert follower.wait_until(end, PATIENCE)
            assert models.account_configuration.describe(ACCOUNT) is not None

        assert rows_of(empty) == rows_of(database)
