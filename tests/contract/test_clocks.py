"""Every clock tells the time in UTC and whole milliseconds."""

from datetime import UTC, datetime, timedelta

import pytest

from events.clock import Clock, SystemClock, epoch_milliseconds, from_epoch_milliseconds
from events.errors import InvalidRequest
from events.manual_clock import ManualClock
from tests.support.fake_clock import FakeClock


def manual_clock() -> ManualClock:
    return ManualClock(datetime.now(UTC))


@pytest.fixture(params=[SystemClock, FakeClock, manual_clock])
def clock(request: pytest.FixtureRequest) -> Clock:
    made: Clock = request.param()
    return made


def test_the_time_is_in_utc(clock):
    assert clock.now().tzinfo is UTC


def test_the_time_has_whole_milliseconds(clock):
    assert [moment for moment in (clock.now() for _ in range(100)) if moment.microsecond % 1000] == []


def test_the_time_does_not_go_back(clock):
    moments = [clock.now() for _ in range(100)]

    assert moments == sorted(moments)


def test_a_time_is_what_it_was_after_the_way_through_a_table(clock):
    moment = clock.now()

    assert from_epoch_milliseconds(epoch_milliseconds(moment)) == moment


def test_the_system_clock_is_the_computers():
    assert abs(SystemClock().now() - datetime.now(UTC)) < timedelta(seconds=10)


def test_the_fake_clock_stands_still_until_it_is_moved():
    clock = FakeClock()
    before = clock.now()
    assert clock.now() == before

    clock.advance(timedelta(milliseconds=1500))

    assert clock.now() - before == timedelta(milliseconds=1500)


def test_the_manual_clock_goes_where_it_is_moved_and_never_back():
    clock = manual_clock()
    later = clock.now() + timedelta(days=400)

    clock.move_to(later)
    clock.move_to(later)
    with pytest.raises(InvalidRequest, match="can't go back"):
        clock.move_to(later - timedelta(milliseconds=1))

    assert clock.now() == later


@pytest.mark.parametrize("milliseconds", [0, 1, 999, 1767268800123, 1767268800999, 4102444800001, 253402300799999])
def test_every_millisecond_is_kept(milliseconds):
    """Also where the division by 1000 has no exact float."""
    assert epoch_milliseconds(from_epoch_milliseconds(milliseconds)) == milliseconds
    assert from_epoch_milliseconds(milliseconds).tzinfo is UTC
