import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.errors import InvalidRequest
from service.wire.next_token import LONGEST_TOKEN, Query

FILTERS = {"task_id": "a" * 32, "check_name": None}
FINDINGS = Query("ListAuditFindings", "000000000000", FILTERS, (int, str))

places = st.tuples(st.integers(-(2**53), 2**53), st.text(max_size=80))
filters = st.dictionaries(
    st.sampled_from(["start_time", "end_time", "task_type"]), st.none() | st.integers(0, 9) | st.text(max_size=5)
)
queries = st.builds(
    Query,
    st.sampled_from(["ListAuditTasks", "ListAuditFindings"]),
    st.sampled_from(["1" * 12, "2" * 12]),
    filters,
    st.just((int, str)),
)


@given(queries, places)
def test_a_token_leads_back_to_its_place(query, place):
    assert query.place(query.token(place)) == place


@given(queries, places)
def test_a_token_can_stand_in_a_url_as_it_is(query, place):
    assert re.fullmatch("[A-Za-z0-9_-]+", query.token(place))


def test_a_token_outlives_the_process():
    """The same query in another process has the same token: nothing in it is drawn or counted."""
    assert FINDINGS.token((1767225600000, "f" * 32)) == (
        "PVpWJEGog9VcXXaAnLXT_lsxNzY3MjI1NjAwMDAwLCJmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZiJd"
    )


def test_a_token_of_a_listing_is_far_below_the_longest():
    assert len(FINDINGS.token((9999999999999, "x" * 128))) < LONGEST_TOKEN / 3


@given(queries, queries, places)
def test_a_token_of_another_query_is_refused(query, other, place):
    if query == other:
        return
    with pytest.raises(InvalidRequest, match="nextToken"):
        other.place(query.token(place))


@given(places, st.data())
def test_a_token_with_a_changed_letter_is_refused(place, data):
    token = FINDINGS.token(place)
    index = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.characters().filter(lambda drawn: drawn != token[index]))
    with pytest.raises(InvalidRequest, match="nextToken"):
        FINDINGS.place(token[:index] + letter + token[index + 1 :])


@given(places, st.data())
def test_a_token_with_a_flipped_byte_inside_is_refused(place, data):
    token = FINDINGS.token(place)
    held = bytearray(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    held[data.draw(st.integers(0, len(held) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(InvalidRequest, match="nextToken"):
        FINDINGS.place(base64.urlsafe_b64encode(held).decode().rstrip("="))


@given(places, st.integers(1, 200))
def test_a_token_that_was_cut_is_refused(place, letters):
    with pytest.raises(InvalidRequest, match="nextToken"):
        FINDINGS.place(FINDINGS.token(place)[:-letters])


@given(st.text() | st.text(alphabet="Aa0_-=", max_size=60))
def test_any_other_text_is_refused(text):
    with pytest.raises(InvalidRequest, match="nextToken"):
        FINDINGS.place(text)


def test_an_oversized_token_is_refused_without_a_look_into_it():
    with pytest.raises(InvalidRequest, match="nextToken"):
        FINDINGS.place("A" * (LONGEST_TOKEN + 4))


@pytest.mark.parametrize(
    "place", [None, 1, {}, [], [1], ["1", "a"], [1, "a", "b"], [True, "a"], [1.5, "a"], [2**63, "a"]]
)
def test_a_forged_token_that_names_no_place_of_the_listing_is_refused(place):
    with pytest.raises(InvalidRequest, match="nextToken"):
        FINDINGS.place(FINDINGS.token(place))
