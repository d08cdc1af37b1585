"""What audits of connections look at, on demand and scheduled."""

from datetime import UTC, datetime, timedelta

from events.vocabulary import AuditTaskType
from workers.judging.look_back import LookBack, Window

START = datetime(2026, 2, 1, 12, tzinfo=UTC)
DAY, TWO_HOURS = timedelta(days=1), timedelta(hours=2)
AT_ONCE, DELAYED = LookBack(), LookBack(TWO_HOURS)
ON_DEMAND, SCHEDULED = AuditTaskType.ON_DEMAND, AuditTaskType.SCHEDULED
MONTH_AGO = START - 31 * DAY


def test_on_demand_it_is_31_days_up_to_the_audit():
    assert AT_ONCE.window(ON_DEMAND, START, None) == Window(MONTH_AGO, START, MONTH_AGO)


def test_on_demand_the_delay_shortens_its_end_and_not_its_beginning():
    assert DELAYED.window(ON_DEMAND, START, None) == Window(MONTH_AGO, START - TWO_HOURS, MONTH_AGO)


def test_scheduled_it_is_what_came_since_the_last_run():
    assert AT_ONCE.window(SCHEDULED, START, START - 7 * DAY) == Window(START - 7 * DAY, START, MONTH_AGO)


def test_scheduled_the_delay_moves_both_ends_so_that_windows_join():
    one = DELAYED.window(SCHEDULED, START, START - DAY)
    next_one = DELAYED.window(SCHEDULED, START + DAY, START)
    assert one == Window(START - DAY - TWO_HOURS, START - TWO_HOURS, MONTH_AGO)
    assert one.until == next_one.since


def test_the_first_run_of_a_schedule_looks_back_as_on_demand():
    assert DELAYED.window(SCHEDULED, START, None) == DELAYED.window(ON_DEMAND, START, None)


def test_nothing_looks_back_further_than_what_is_kept():
    assert AT_ONCE.window(SCHEDULED, START, START - 90 * DAY).since == MONTH_AGO
    month = DELAYED.window(SCHEDULED, START, MONTH_AGO)
    assert (month.since, month.lasting_since) == (MONTH_AGO - TWO_HOURS, MONTH_AGO - TWO_HOURS)
