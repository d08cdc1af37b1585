import logging

import pytest

from tests.support.fake_clock import FakeClock
from workers.presence.feed_state import QUIET, FeedReport


class Seconds:
    """A stopwatch that is moved by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds():
    return Seconds()


@pytest.fixture
def report(seconds):
    return FeedReport("broker:8883", FakeClock(), seconds)


@pytest.fixture
def said(caplog):
    caplog.set_level(logging.WARNING)
    return lambda: [record.getMessage() for record in caplog.records]


def test_at_first_it_is_off(report):
    assert (report.state.broker, report.state.state, report.state.problem) == ("broker:8883", "off", None)


def test_what_is_wrong_is_known_until_it_is_right(report):
    report.connecting()
    report.failed(OSError("Connection refused"))
    report.connecting()
    assert (report.state.state, report.state.problem) == ("connecting", "Connection refused")
    report.connected()
    assert (report.state.state, report.state.problem) == ("connected", None)


def test_an_error_without_words_is_named(report):
    report.failed(TimeoutError())
    assert report.state.problem == "TimeoutError"


def test_failures_in_a_row_are_said_ever_more_rarely(report, said):
    for number in range(1, 41):
        report.failed(OSError(f"failure {number}"))
    assert [text.split()[-1] for text in said()] == ["1", "2", "4", "8", "16", "32"]
    report.connected()
    report.failed(OSError("failure 41"))
    assert said()[-1].endswith("failure 41")


def test_messages_that_are_no_events_are_said_once_a_minute_with_their_number(report, seconds, said):
    for _ in range(5):
        report.rejected("presence/x", ValueError("not JSON"))
    seconds.now = QUIET
    report.rejected("presence/\ny" + "z" * 1_000, ValueError("not an object"))
    first, second = said()
    assert first == "1 messages were no presence events; the last one, of topic 'presence/x': not JSON"
    assert second.startswith("5 messages were no presence events; the last one, of topic 'presence/\\ny")
    assert len(second) < 400
    assert report.state.rejected == 6


def test_events_are_counted_and_when_there_were_some_is_noted(report):
    report.recorded(3)
    assert (report.state.recorded, report.state.last_event_at) == (3, FakeClock().now())


def test_that_there_were_none_is_no_news(report):
    report.recorded(0)
    assert report.state.last_event_at is None
