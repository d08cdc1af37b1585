import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from service.wire.timestamps import epoch_seconds, moment_in_body, moment_in_query

SECOND = 1_767_225_600
"""2026-01-01T00:00:00Z"""

milliseconds = st.integers(0, 7_258_118_400_000)
"""Until the year 2200: later, a float of seconds no longer has room for the microseconds that botocore writes."""


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-01T00:00:00Z",
        "2026-01-01T00:00:00.000000Z",
        "2026-01-01T01:00:00+01:00",
        "2025-12-31T19:00:00-0500",
        "2026-01-01T00:00:00",
        "2026-01-01",
        "20260101T000000Z",
        "1767225600.0",
    ],
)
def test_a_query_names_a_moment_in_any_form_of_iso_8601(text):
    moment = moment_in_query(text)
    assert moment.first_millisecond == SECOND * 1000


def test_whole_seconds_as_an_end_mean_the_whole_of_that_second():
    iso_8601 = moment_in_query("2026-01-01T00:00:00Z")
    for moment in (moment_in_body(SECOND), moment_in_query(str(SECOND)), iso_8601):
        assert moment.first_millisecond == SECOND * 1000
        assert moment.last_millisecond == SECOND * 1000 + 999


def test_a_fractional_second_means_that_moment():
    iso_8601 = moment_in_query("2026-01-01T00:00:00.250Z")
    for moment in (moment_in_body(SECOND + 0.25), moment_in_query(f"{SECOND}.25"), iso_8601):
        assert moment.first_millisecond == moment.last_millisecond == SECOND * 1000 + 250


def test_between_milliseconds_a_start_waits_for_the_next_and_an_end_stays_with_the_last():
    moment = moment_in_query("2026-01-01T00:00:00.000400Z")
    assert (moment.first_millisecond, moment.last_millisecond) == (SECOND * 1000 + 1, SECOND * 1000)


@given(milliseconds)
def test_a_time_taken_from_an_answer_and_sent_back_finds_what_it_was_taken_from(time):
    """As botocore does it: a float of seconds becomes a datetime, which goes into a query with six decimals."""
    answered = epoch_seconds(time)
    parsed = datetime.fromtimestamp(answered, UTC)
    asked = moment_in_query(parsed.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
    assert asked.first_millisecond == asked.last_millisecond == time
    in_a_body = moment_in_body(answered)
    assert in_a_body.first_millisecond == in_a_body.last_millisecond == time


@pytest.mark.parametrize(
    "value",
    [
        True,
        False,
        "1767225600",
        "2026-01-01T00:00:00Z",
        None,
        [],
        {},
        math.nan,
        math.inf,
        -math.inf,
        1e300,
        10**30,
        -(10**30),
        253_402_300_800,
        -62_135_596_801,
    ],
)
def test_what_is_no_time_is_refused_in_a_body(value):
    with pytest.raises(PydanticCustomError):
        moment_in_body(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-13-01T00:00:00Z",
        "2026-01-01T25:00:00Z",
        "9" * 30,
        "1e9",
        "NaN",
        "١٧٦٧٢٢٥٦٠٠",
        "2026-01-01T00:00:00\ud800",
        "2026-01-01T00:00:00Z" + " " * 100,
        1_767_225_600,
    ],
)
def test_what_is_no_time_is_refused_in_a_query(text):
    with pytest.raises(PydanticCustomError):
        moment_in_query(text)


@given(st.text() | st.from_regex(r"[0-9T:.Z+-]{1,40}"))
def test_no_text_in_a_query_is_a_fault_of_ours(text):
    try:
        moment = moment_in_query(text)
    except PydanticCustomError:
        return
    assert moment.first_millisecond <= moment.last_millisecond + 1
