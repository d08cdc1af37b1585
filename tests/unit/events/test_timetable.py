"""Due times, against another calculation of them: dateutil's recurrence rules."""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from uuid import uuid4

import pytest
from dateutil import rrule
from hypothesis import given
from hypothesis import strategies as st

from events.identifiers import scheduled_audit_id
from events.scheduled_audit import Schedule
from events.timetable import FROM_MONDAY, Timetable, time_of_day, timetable
from events.vocabulary import AccountId, AuditFrequency, DayOfWeek

NOON = timedelta(hours=12)
MOMENTS = st.datetimes(datetime(2019, 1, 1), datetime(2041, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
TIMES_OF_DAY = st.integers(0, 86_399).map(lambda seconds: timedelta(seconds=seconds))
DAYS_OF_MONTH = [*map(str, range(1, 32)), "LAST"]
SCHEDULES = st.one_of(
    st.just(Schedule(AuditFrequency.DAILY)),
    st.builds(
        lambda frequency, day: Schedule(frequency, day_of_week=day),
        st.sampled_from([AuditFrequency.WEEKLY, AuditFrequency.BIWEEKLY]),
        st.sampled_from(DayOfWeek),
    ),
    st.sampled_from(DAYS_OF_MONTH).map(lambda day: Schedule(AuditFrequency.MONTHLY, day_of_month=day)),
)
TIMETABLES = st.builds(Timetable, SCHEDULES, MOMENTS, TIMES_OF_DAY)


def rule(table: Timetable) -> rrule.rrule:
    """The same timetable as a recurrence rule. It begins on the first day at whose due time `since` is over."""
    schedule = table.schedule
    midnight = table.since.replace(hour=0, minute=0, second=0, microsecond=0)
    first = midnight + table.time_of_day
    start = first if first > table.since else first + timedelta(days=1)
    if schedule.day_of_week is not None:
        weekday = FROM_MONDAY.index(schedule.day_of_week)
        while start.weekday() != weekday:
            start += timedelta(days=1)
    match schedule.frequency:
        case AuditFrequency.DAILY:
            return rrule.rrule(rrule.DAILY, dtstart=start)
        case AuditFrequency.WEEKLY:
            return rrule.rrule(rrule.WEEKLY, dtstart=start)
        case AuditFrequency.BIWEEKLY:
            return rrule.rrule(rrule.WEEKLY, interval=2, dtstart=start)
    if schedule.day_of_month in ("LAST", "31"):
        return rrule.rrule(rrule.MONTHLY, dtstart=start, bymonthday=-1)
    day = int(schedule.day_of_month or 0)
    # The latest of these days that the month has.
    return rrule.rrule(rrule.MONTHLY, dtstart=start, bymonthday=range(min(day, 28), day + 1), bysetpos=-1)


@given(TIMETABLES, st.timedeltas(timedelta(0), timedelta(days=1500)))
def test_the_next_due_time_is_the_one_of_the_recurrence_rule(table, later):
    moment = table.since + later
    assert table.next_after(moment) == rule(table).after(moment)


@given(TIMETABLES, st.timedeltas(timedelta(days=-40), timedelta(days=1500)))
def test_the_last_due_time_is_the_one_of_the_recurrence_rule(table, later):
    moment = table.since + later
    assert table.last_up_to(moment) == rule(table).before(moment, inc=True)


@given(TIMETABLES)
def test_each_due_time_follows_the_one_before_over_years_with_leap_days(table):
    due = [table.next_after(table.since)]
    while len(due) < 60:
        due.append(table.next_after(due[-1]))
    assert due == list(islice(rule(table), 60))
    assert all(table.last_up_to(second - timedelta(microseconds=1)) == first for first, second in pairwise(due))


def test_before_its_beginning_nothing_was_due():
    since = datetime(2026, 1, 1, 13, tzinfo=UTC)
    table = Timetable(Schedule(AuditFrequency.DAILY), since, NOON)
    assert table.next_after(datetime(2000, 1, 1, tzinfo=UTC)) == datetime(2026, 1, 2, 12, tzinfo=UTC)
    assert table.last_up_to(datetime(2026, 1, 2, 11, 59, 59, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("day", "due"),
    [
        ("29", "2026-02-28"),
        ("30", "2026-02-28"),
        ("31", "2026-02-28"),
        ("LAST", "2026-02-28"),
        ("1", "2026-03-01"),
    ],
)
def test_a_day_that_a_month_does_not_have_is_its_last(day, due):
    table = Timetable(
        Schedule(AuditFrequency.MONTHLY, day_of_month=day), datetime(2026, 2, 1, 12, tzinfo=UTC), NOON
    )
    assert table.next_after(table.since).date().isoformat() == due


def test_the_time_of_day_is_the_scheduled_audits_own_and_stays():
    account = AccountId("123456789012")
    since = datetime(2026, 1, 1, tzinfo=UTC)
    daily, weekly = (
        timetable(account, "nightly", 1, schedule, since)
        for schedule in (
            Schedule(AuditFrequency.DAILY),
            Schedule(AuditFrequency.WEEKLY, day_of_week=DayOfWeek.FRI),
        )
    )
    assert daily.time_of_day == weekly.time_of_day == time_of_day(scheduled_audit_id(account, "nightly", 1))
    again = timetable(account, "nightly", 2, Schedule(AuditFrequency.DAILY), since)
    assert again.time_of_day != daily.time_of_day


def test_times_of_day_are_spread_over_the_day():
    hours = {time_of_day(uuid4()) // timedelta(hours=1) for _ in range(2_000)}
    assert hours == set(range(24))
