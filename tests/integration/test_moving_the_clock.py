"""A clock that is moved starts every scheduled audit at its own time."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from dateutil import rrule

from events.application import Application
from events.audit_account_events import ScheduledAuditStarted
from events.audit_task import AuditTaskStarted
from events.committer import Committer
from events.errors import InvalidRequest
from events.event import Cause
from events.follower import Follower
from events.identifiers import scheduled_audit_id
from events.log import EventLog
from events.manual_clock import ManualClock
from events.scheduled_audit import Schedule, ScheduledAudit
from events.store.database import SqliteDatabase
from events.store.sqlite import open_sqlite_log
from events.timetable import time_of_day
from events.vocabulary import AccountId, AuditFrequency, DayOfWeek
from tests.support.made_up_audits import PATIENCE, configuration
from tests.support.made_up_catalogue import CATALOGUE, OPEN
from workers.clock_driver import LONGEST_ADVANCE, ClockDriver
from workers.scheduler import Scheduler

NEW_YEAR = datetime(2028, 1, 1, tzinfo=UTC)
ACCOUNTS = [AccountId(f"{number:012}") for number in range(6)]
SCHEDULES = {
    "daily": Schedule(AuditFrequency.DAILY),
    "sundays": Schedule(AuditFrequency.WEEKLY, day_of_week=DayOfWeek.SUN),
    "fortnightly": Schedule(AuditFrequency.BIWEEKLY, day_of_week=DayOfWeek.FRI),
    "thirtieth": Schedule(AuditFrequency.MONTHLY, day_of_month="30"),
    "last": Schedule(AuditFrequency.MONTHLY, day_of_month="LAST"),
}


Due = tuple[AccountId, str, datetime]
"""Account, name of the scheduled audit, and when."""


@dataclass
class Scheduling:
    """A scheduler at work, and a clock that is moved."""

    clock: ManualClock
    application: Application
    log: EventLog
    driver: ClockDriver

    def schedule(self, account: AccountId, name: str) -> None:
        cause = Cause(account, self.clock.now(), "AKIDEXAMPLE", "request")
        self.application.update_account_audit_configuration(configuration(OPEN), cause).result(PATIENCE)
        audit = ScheduledAudit(name, SCHEDULES[name], (OPEN,))
        self.application.create_scheduled_audit(audit, cause).result(PATIENCE)

    def started(self) -> list[Due]:
        """Every audit that was started, in the order of the log."""
        found: list[Due] = []
        position = 0
        while batch := self.log.after(position):
            position = batch[-1].position
            found += [
                (each.event.account, each.event.scheduled_audit_name or "", each.event.timestamp)
                for each in batch
                if isinstance(each.event, AuditTaskStarted)
            ]
        return found


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Scheduling]:
    with ExitStack() as opened:
        log = open_sqlite_log(tmp_path / "events.sqlite")
        opened.callback(log.close)
        database = SqliteDatabase(tmp_path / "work.sqlite", durable=False)
        opened.callback(database.close)
        committer = Committer(log)
        committer.start()
        opened.callback(committer.stop)
        application = Application(committer, CATALOGUE, "us-east-1")
        clock = ManualClock(NEW_YEAR)
        scheduler = Scheduler(database, application.start_scheduled_audit, clock)
        follower = Follower(log, scheduler)
        follower.start()
        opened.callback(follower.stop)
        driver = ClockDriver(clock, application, log, scheduler.due_audits, [follower])
        yield Scheduling(clock, application, log, driver)


def expected(account: AccountId, name: str, end: datetime) -> list[Due]:
    """When the audits of a schedule take place, worked out from recurrence rules."""
    at = time_of_day(scheduled_audit_id(account, name, list(SCHEDULES).index(name) + 1))
    start = NEW_YEAR + at if at else NEW_YEAR + timedelta(days=1)
    rules = {
        "daily": rrule.rrule(rrule.DAILY, dtstart=start),
        "sundays": rrule.rrule(rrule.WEEKLY, dtstart=start, byweekday=rrule.SU),
        "fortnightly": rrule.rrule(rrule.WEEKLY, interval=2, dtstart=start + timedelta(days=6)),  # a Friday
        "thirtieth": rrule.rrule(rrule.MONTHLY, dtstart=start, bymonthday=(28, 29, 30), bysetpos=-1),
        "last": rrule.rrule(rrule.MONTHLY, dtstart=start, bymonthday=-1),
    }
    return [(account, name, due) for due in rules[name].between(NEW_YEAR, end, inc=True)]


def test_thirty_schedules_over_a_leap_year_start_what_another_calculation_lists(at: Scheduling):
    for account in ACCOUNTS:
        for name in SCHEDULES:
            at.schedule(account, name)
    end = NEW_YEAR + timedelta(days=366)
    started = at.driver.advance_to(end)

    found = at.started()
    assert len(found) == len(set(found)) == len(started) == len(set(started))
    assert sorted(found) == sorted(
        each for account in ACCOUNTS for name in SCHEDULES for each in expected(account, name, end)
    )
    assert [moment for _, _, moment in found] == sorted(moment for _, _, moment in found)
    assert at.driver.now() == end


def test_the_next_scheduled_audit_is_started_and_no_other(at: Scheduling):
    at.schedule(ACCOUNTS[0], "daily")
    at.schedule(ACCOUNTS[1], "daily")
    due = at.driver.next_due()
    [task_id] = at.driver.advance_to_next_due()
    assert at.driver.now() == due
    [started] = [each.event for each in at.log.after(0) if isinstance(each.event, ScheduledAuditStarted)]
    assert (started.task_id, started.timestamp, started.due_at) == (task_id, due, due)


def test_what_is_not_due_is_not_started(at: Scheduling):
    at.schedule(ACCOUNTS[0], "last")
    assert at.driver.advance_by(timedelta(days=29)) == []
    assert at.driver.now() == NEW_YEAR + timedelta(days=29)


def test_without_a_schedule_nothing_is_next(at: Scheduling):
    with pytest.raises(InvalidRequest, match="no scheduled audit"):
        at.driver.advance_to_next_due()
    assert at.driver.next_due() is None


def test_the_clock_is_not_moved_back_nor_very_far(at: Scheduling):
    with pytest.raises(InvalidRequest, match="can't go back"):
        at.driver.advance_to(NEW_YEAR - timedelta(seconds=1))
    for too_far in (LONGEST_ADVANCE + timedelta(seconds=1), timedelta(days=900_000)):
        with pytest.raises(InvalidRequest, match="3660 days"):
            at.driver.advance_by(too_far)
    assert at.driver.now() == NEW_YEAR
