"""How far a following knows the log: what its tables say of that, and when."""

import pytest

from events.audit_account_events import ScheduledAuditCreated
from events.errors import StoreUnavailable
from events.log import Recorded
from events.store.database import SqliteDatabase, Transaction
from events.store.schema import Steps
from tests.support.events import WEEKLY, History, recorded
from workers.followed import FOLLOWED, SECONDS_BETWEEN_NOTES, Followed


class Following:
    """Changes its tables for scheduled audits that are created, and for nothing else."""

    def __init__(self, database: SqliteDatabase) -> None:
        database.prepare(Steps("followed", {"followed": [FOLLOWED]}))
        self.database = database
        self.history = History()
        self.time = 1000.0
        self.changed: list[int] = []
        self.begin_again()

    def begin_again(self) -> None:
        self.followed = Followed(self.database, "some", monotonic=lambda: self.time)

    def take(self, after: int = 0) -> None:
        """Everything that has happened after a position."""
        self.followed.take(
            recorded(self.history.events[after:], after),
            len(self.history.events),
            self._change,
            {ScheduledAuditCreated},
        )

    def _change(self, _: Transaction, each: Recorded) -> None:
        if isinstance(each.event, ScheduledAuditCreated):
            self.changed.append(each.position)

    def said(self) -> int:
        """What the tables say."""
        return Followed(self.database, "some").position()

    def lose(self, position: int) -> None:
        """As a server does that crashed before its last commits were on the disk."""
        with self.database.transaction() as rows:
            rows.execute("UPDATE followed SET position = ?", (position,))


@pytest.fixture
def following(tmp_path):
    database = SqliteDatabase(tmp_path / "work.sqlite", durable=False)
    yield Following(database)
    database.close()


def test_events_change_the_tables_with_the_position(following):
    following.history.scheduled_audit_created("nightly", WEEKLY)
    following.take()
    assert (following.changed, following.said()) == ([1], 1)


def test_an_event_that_comes_again_changes_nothing(following):
    following.history.scheduled_audit_created("nightly", WEEKLY)
    following.take()
    following.begin_again()
    following.take()
    assert following.changed == [1]


def test_events_that_change_nothing_are_noted_at_most_once_a_second(following):
    following.history.scheduled_audit_created("nightly", WEEKLY)
    following.take()
    following.history.role_changed()
    following.take(after=1)
    following.followed.note()
    assert following.said() == 1
    following.time += SECONDS_BETWEEN_NOTES
    following.followed.note()
    assert following.said() == 2
    assert following.changed == [1]


def test_what_was_passed_without_a_note_is_read_again_and_changes_nothing_twice(following):
    following.history.scheduled_audit_created("nightly", WEEKLY)
    following.take()
    following.history.role_changed()
    following.take(after=1)
    following.begin_again()
    following.history.scheduled_audit_created("weekly", WEEKLY)
    following.take(after=following.followed.position())
    assert (following.changed, following.said()) == ([1, 3], 3)


def test_commits_that_a_server_lost_are_noticed_and_their_events_taken_again(following):
    for name in ("a", "b", "c"):
        following.history.scheduled_audit_created(name, WEEKLY)
    following.take()
    following.lose(1)
    following.history.scheduled_audit_created("d", WEEKLY)
    with pytest.raises(StoreUnavailable):
        following.take(after=3)
    following.take(after=following.followed.position())
    assert (following.changed, following.said()) == ([1, 2, 3, 2, 3, 4], 4)


def test_they_are_noticed_though_nothing_comes_after_them(following):
    for name in ("a", "b"):
        following.history.scheduled_audit_created(name, WEEKLY)
    following.take()
    following.lose(1)
    following.time += SECONDS_BETWEEN_NOTES
    with pytest.raises(StoreUnavailable):
        following.followed.note()
    following.take(after=following.followed.position())
    assert (following.changed, following.said()) == ([1, 2, 2], 2)
