"""What exists, and what can be set of it."""

import pytest

from events.errors import InvalidRequest
from events.vocabulary import CheckName
from tests.support.made_up_catalogue import AGE, CATALOGUE, EXPIRATION, OPEN, ROTTING


def test_checks_are_listed_in_the_order_of_the_registry():
    assert CATALOGUE.names == (ROTTING, OPEN)


def test_known_checks_are_let_pass():
    CATALOGUE.require_known([OPEN, ROTTING, OPEN])
    CATALOGUE.require_known([])


def test_an_unknown_check_is_refused_in_the_words_of_aws_and_named():
    with pytest.raises(InvalidRequest) as refused:
        CATALOGUE.require_known([OPEN, "WALL_CHECK", "ROOF_CHECK", "WALL_CHECK"])

    assert str(refused.value) == (
        "Request contains an invalid Audit Check Name. Not supported: ROOF_CHECK, WALL_CHECK."
    )


def test_a_refusal_does_not_repeat_names_of_any_length():
    with pytest.raises(InvalidRequest) as refused:
        CATALOGUE.require_known(["X" * 10_000])

    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("days", ["30", "365", "3650"])
def test_a_threshold_within_its_range_is_let_pass(days):
    CATALOGUE.require_valid(ROTTING, {AGE: days})


@pytest.mark.parametrize(
    "days", ["29", "3651", "-30", "+30", " 30", "30.0", "3e1", "", "thirty", "٣٠", "²", "9" * 5000]
)
def test_a_threshold_outside_its_range_or_no_whole_number_is_refused(days):
    with pytest.raises(InvalidRequest, match="must be a whole number of days from 30 to 3650, given as a string"):
        CATALOGUE.require_valid(ROTTING, {AGE: days})


@pytest.mark.parametrize(("check", "threshold"), [(OPEN, AGE), (ROTTING, EXPIRATION), (ROTTING, "NONSENSE" * 100)])
def test_a_threshold_that_the_check_does_not_have_is_refused(check, threshold):
    with pytest.raises(InvalidRequest, match=f"{check} has no configuration named {threshold[:64]}\\.$"):
        CATALOGUE.require_valid(check, {threshold: "30"})


def test_what_is_not_configured_has_its_default():
    assert CATALOGUE.configuration_of(ROTTING, {}) == {AGE: "365"}
    assert CATALOGUE.configuration_of(ROTTING, {AGE: "60"}) == {AGE: "60"}


def test_a_check_without_thresholds_or_that_is_gone_has_no_configuration():
    assert CATALOGUE.configuration_of(OPEN, {AGE: "60"}) == {}
    assert CATALOGUE.configuration_of(CheckName("GONE_CHECK"), {AGE: "60"}) == {}
