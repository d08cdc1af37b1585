"""How the projections come to where the log is, together or one behind the others."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from events.errors import StoreUnavailable
from events.log import Recorded
from events.store.database import SqliteDatabase
from projections.audit_tasks import AuditTaskView
from projections.paging import Page
from projections.read_models import ReadModels
from tests.support.events import EXPIRING, History, recorded, task_id
from tests.support.given import ACCOUNT
from tests.support.projecting import Projecting, rows_of


@dataclass
class Log:
    """A log that is followed as `events.follower.Follower` does it: from the position that the following tells."""

    recorded: list[Recorded]

    def followed_by(self, models: ReadModels, batch: int = 2) -> None:
        for _ in range(len(self.recorded) + 1):
            position = models.position()
            after = [each for each in self.recorded if each.position > position][:batch]
            if not after:
                return
            models.take(after, after[-1].position)
        raise AssertionError("The read models do not come to the log's end.")


@pytest.fixture
def log() -> Log:
    """Eventful, with gaps between positions, and nothing for any read model at the end."""
    history = History()
    history.role_changed()
    history.scheduled_audit_created()
    history.task_started()
    history.check_run_planned()
    history.findings_recorded()
    history.shard_completed(examined=10)
    history.check_run_ended()
    return Log([Recorded(each.position * 10, each.event) for each in recorded(history.events)])


def described(models: ReadModels) -> AuditTaskView:
    task = models.audit_tasks.describe(ACCOUNT, task_id())
    assert task is not None
    return task


def change_version(database: SqliteDatabase, name: str) -> None:
    """Let the rows of a projection be those that another version of it made."""
    with database.transaction() as rows:
        rows.execute("UPDATE projections SET version = version - 1 WHERE name = ?", (name,))


def test_an_empty_file_is_at_the_beginning(database):
    assert ReadModels(database).position() == 0


def test_the_position_is_the_last_one_taken_even_if_nothing_was_to_be_projected(database, log):
    models = ReadModels(database)

    log.followed_by(models)

    assert models.position() == 70


def test_the_next_start_goes_on_where_the_last_one_stopped(database, log):
    ReadModels(database).take(log.recorded[:3], 30)

    models = ReadModels(database)

    assert models.position() == 30
    assert models.audit_tasks.describe(ACCOUNT, task_id()) is not None


def test_events_that_were_projected_before_are_passed_over(database, log):
    models = ReadModels(database)
    log.followed_by(models)
    before = rows_of(database)

    models.take(log.recorded, 70)

    assert rows_of(database) == before


def test_a_file_that_was_deleted_is_made_anew(tmp_path, database, log):
    log.followed_by(ReadModels(database))
    with closing(SqliteDatabase(tmp_path / "another.sqlite", durable=False)) as empty:
        log.followed_by(ReadModels(empty))

        assert rows_of(empty) == rows_of(database)


def test_a_projection_of_another_version_is_emptied_and_catches_up_by_itself(database, log):
    log.followed_by(ReadModels(database))
    before = rows_of(database)
    change_version(database, "audit_tasks")
    with database.transaction() as rows:
        rows.execute("UPDATE audit_tasks SET status = 'what the older version made of it'")
        rows.execute('UPDATE scheduled_audits SET tags = \'{"kept": "as it is"}\'')

    models = ReadModels(database)
    emptied = rows_of(database)
    log.followed_by(models)

    assert emptied["audit_tasks"] == []
    assert [audit.tags for audit in models.scheduled_audits.list(ACCOUNT, Page(25)).rows] == [{"kept": "as it is"}]
    assert rows_of(database)["audit_tasks"] == before["audit_tasks"]
    assert rows_of(database)["projections"] == before["projections"]


def test_a_projection_that_catches_up_is_not_asked_and_the_others_are(database, log):
    log.followed_by(ReadModels(database))
    change_version(database, "audit_tasks")

    models = ReadModels(database)
    models.take(log.recorded[:3], 30)

    with pytest.raises(StoreUnavailable, match="audit_tasks is being rebuilt"):
        models.audit_tasks.describe(ACCOUNT, task_id())
    with pytest.raises(StoreUnavailable, match="audit_tasks is being rebuilt"):
        models.audit_tasks.list(ACCOUNT, 0, 10**15, None, None, Page(25))
    assert models.account_configuration.describe(ACCOUNT) is not None
    assert models.position() == 30

    log.followed_by(models)

    assert described(models).details[EXPIRING].examined == 10


def test_a_start_in_the_midst_of_catching_up_goes_on_with_it(database, log):
    log.followed_by(ReadModels(database))
    before = rows_of(database)
    change_version(database, "audit_tasks")
    ReadModels(database).take(log.recorded[:3], 30)

    models = ReadModels(database)

    assert models.position() == 30
    with pytest.raises(StoreUnavailable):
        models.audit_tasks.describe(ACCOUNT, task_id())
    log.followed_by(models)
    assert rows_of(database) == before


def test_what_happens_while_one_catches_up_reaches_them_all(database, log):
    early, late = Log(log.recorded[:4]), log
    early.followed_by(ReadModels(database))
    change_version(database, "audit_tasks")

    models = ReadModels(database)
    late.followed_by(models, batch=3)

    anew = Projecting(database)
    assert anew.position == 70
    assert described(models).details[EXPIRING].examined == 10
    assert database.query("SELECT COUNT(*) FROM audit_findings") == [(1,)]


def test_tables_that_no_version_of_now_has_are_dropped(database, log):
    log.followed_by(ReadModels(database))
    with database.transaction() as rows:
        rows.execute("CREATE TABLE audit_trends (account TEXT)")
        rows.execute("INSERT INTO projections VALUES ('audit_trends', 1, 70, '[\"audit_trends\"]')")

    ReadModels(database)

    assert database.query("SELECT name FROM sqlite_master WHERE name = 'audit_trends'") == []
    assert database.query("SELECT name FROM projections WHERE name = 'audit_trends'") == []


def test_no_question_is_answered_until_everything_that_was_in_the_log_at_the_start_is_there(database, log):
    models = ReadModels(database, end_of_log=70)

    models.take(log.recorded[:6], 60)
    with pytest.raises(StoreUnavailable):
        models.account_configuration.describe(ACCOUNT)

    models.take(log.recorded[6:], 70)
    assert models.account_configuration.describe(ACCOUNT) is not None


def test_a_new_log_is_answered_from_at_once(database):
    assert ReadModels(database, end_of_log=0).account_configuration.describe(ACCOUNT) is None


def test_rows_of_another_log_are_made_anew(database, log):
    log.followed_by(ReadModels(database))
    put_back_from_a_copy = Log(log.recorded[:2])

    models = ReadModels(database, end_of_log=20)
    put_back_from_a_copy.followed_by(models)

    assert models.position() == 20
    assert models.scheduled_audits.describe(ACCOUNT, "nightly") is not None
    assert models.audit_tasks.describe(ACCOUNT, task_id()) is None


def test_a_batch_is_seen_whole_or_not_at_all(tmp_path: Path, log):
    with (
        closing(SqliteDatabase(tmp_path / "read-models.sqlite", durable=False)) as writing,
        closing(SqliteDatabase(tmp_path / "read-models.sqlite", durable=False)) as reading,
    ):
        models = ReadModels(writing)
        count = "SELECT COUNT(*) FROM audit_tasks"
        with writing.transaction() as rows:
            models.audit_tasks.handle(rows, log.recorded[2].event)
            assert reading.query(count) == [(0,)]

        assert reading.query(count) == [(1,)]


def test_commits_that_a_server_lost_are_noticed_and_their_events_taken_again(tmp_path, log):
    lost = tmp_path / "lost.sqlite"
    with closing(SqliteDatabase(lost)) as database, closing(SqliteDatabase(tmp_path / "whole.sqlite")) as whole:
        models = ReadModels(database)
        Log(log.recorded[:2]).followed_by(models)
        with closing(sqlite3.connect(lost)) as file, closing(sqlite3.connect(":memory:")) as earlier:
            file.backup(earlier)
            Log(log.recorded[:-1]).followed_by(models)
            earlier.backup(file)
        with pytest.raises(StoreUnavailable):
            models.take(log.recorded[-1:], log.recorded[-1].position)
        log.followed_by(models)
        log.followed_by(ReadModels(whole))
        assert described(models) == described(ReadModels(whole))
