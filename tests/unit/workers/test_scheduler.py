"""The scheduler: what it starts when, from what the log says."""

from concurrent.futures import Future
from datetime import timedelta

import pytest

from events.scheduled_audit import Schedule
from events.store.database import SqliteDatabase
from events.timetable import timetable
from events.vocabulary import AuditFrequency, DayOfWeek
from tests.support.events import History, recorded
from tests.support.fake_clock import FakeClock
from workers.scheduler import Scheduler

DAILY = Schedule(AuditFrequency.DAILY)
SUNDAYS = Schedule(AuditFrequency.WEEKLY, day_of_week=DayOfWeek.SUN)


class Scheduling:
    """A scheduler, what has happened, and what it commands."""

    def __init__(self, database: SqliteDatabase) -> None:
        self.history = History()
        self.clock = FakeClock(self.history.now)
        self.commands: list[tuple[str, int, Future[None]]] = []
        self.database = database
        self.begin_again()

    def begin_again(self) -> None:
        """As after a restart of the process."""
        self.scheduler = Scheduler(self.database, self._start, self.clock)

    def _start(self, name, generation, cause):
        assert (cause.actor, cause.time) == ("scheduler", self.clock.now())
        self.commands.append((name, generation, Future()))
        return self.commands[-1][2]

    def follow(self):
        known = self.scheduler.position()
        self.scheduler.take(recorded(self.history.events)[known:], len(self.history.events))

    def move_to(self, moment):
        self.history.now = self.clock.move_to(moment)
        self.scheduler.idle()

    def started(self):
        return [(name, generation) for name, generation, _ in self.commands]


@pytest.fixture
def at(tmp_path):
    database = SqliteDatabase(tmp_path / "work.sqlite", durable=False)
    yield Scheduling(database)
    database.close()


@pytest.fixture
def nightly(at):
    event = at.history.scheduled_audit_created("nightly", DAILY)
    at.follow()
    return timetable(event.account, "nightly", event.generation, DAILY, event.timestamp)


def test_an_audit_is_started_when_it_is_due_and_not_before(at, nightly):
    due = nightly.next_after(at.clock.now())
    at.move_to(due - timedelta(milliseconds=1))
    assert at.started() == []
    at.move_to(due)
    assert at.started() == [("nightly", 1)]


def test_it_is_not_started_again_while_that_is_under_way(at, nightly):
    at.move_to(nightly.next_after(at.clock.now()))
    at.scheduler.idle()
    assert len(at.commands) == 1


def test_what_could_not_be_started_is_tried_again(at, nightly, caplog):
    at.move_to(nightly.next_after(at.clock.now()))
    at.commands[0][2].set_exception(OSError("The log is full."))
    at.scheduler.idle()
    assert len(at.commands) == 2
    assert "will be tried again" in caplog.text


def test_once_it_has_begun_the_next_one_is_due(at, nightly):
    first = nightly.next_after(at.clock.now())
    at.move_to(first + timedelta(days=3, hours=1))
    at.history.scheduled_audit_started("nightly", due_at=first + timedelta(days=3))
    at.follow()
    assert at.scheduler.due_audits.next() == first + timedelta(days=4)
    at.move_to(first + timedelta(days=4))
    assert len(at.commands) == 2


def test_another_schedule_is_another_plan(at, nightly):
    at.history.scheduled_audit_changed("nightly", SUNDAYS)
    at.follow()
    due = at.scheduler.due_audits.next()
    assert due is not None
    assert due.weekday() == 6
    assert due - at.clock.now() > timedelta(days=1)


def test_other_checks_leave_the_plan_as_it_is(at, nightly):
    due = at.scheduler.due_audits.next()
    at.history.now += timedelta(days=2)
    at.history.scheduled_audit_changed("nightly", DAILY)
    at.follow()
    assert at.scheduler.due_audits.next() == due


def test_a_batch_leaves_the_same_plan_as_its_events_one_by_one(at, nightly, tmp_path):
    """Another schedule and back is a schedule that was given anew."""
    fortnightly = Schedule(AuditFrequency.BIWEEKLY, day_of_week=DayOfWeek.SUN)
    for schedule in (fortnightly, SUNDAYS, fortnightly, DAILY, fortnightly):
        at.history.now += timedelta(days=8)
        at.history.scheduled_audit_changed("nightly", schedule)
    at.history.scheduled_audit_deleted("nightly")
    at.history.scheduled_audit_created("nightly", SUNDAYS, generation=2)
    at.history.scheduled_audit_changed("nightly", fortnightly)
    at.history.scheduled_audit_created("other", DAILY, generation=3)
    at.history.scheduled_audit_deleted("other")
    at.follow()
    one_by_one = Scheduling(SqliteDatabase(tmp_path / "one by one.sqlite", durable=False))
    for each in recorded(at.history.events):
        one_by_one.scheduler.take([each], each.position)
    sql = "SELECT * FROM due_audits"
    assert at.database.query(sql) == one_by_one.database.query(sql)
    one_by_one.database.close()


def test_what_is_deleted_is_not_due(at, nightly):
    at.history.scheduled_audit_deleted("nightly")
    at.follow()
    assert at.scheduler.due_audits.next() is None
    at.move_to(at.clock.now() + timedelta(days=9))
    assert at.started() == []


def test_after_a_restart_it_knows_what_is_due(at, nightly):
    at.begin_again()
    at.move_to(nightly.next_after(at.clock.now()) + timedelta(days=40))
    assert at.started() == [("nightly", 1)]


def test_events_that_come_again_change_nothing(at, nightly):
    first = nightly.next_after(at.clock.now())
    at.move_to(first)
    at.history.scheduled_audit_started("nightly", due_at=first)
    at.follow()
    at.scheduler.take(recorded(at.history.events), len(at.history.events))
    assert at.scheduler.due_audits.next() == first + timedelta(days=1)
