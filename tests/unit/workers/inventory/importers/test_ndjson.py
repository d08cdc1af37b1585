import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.given import ACCOUNT
from workers.inventory.importers.inventory_record import InventoryRecord
from workers.inventory.importers.lines import LONGEST_LINE, numbered_lines
from workers.inventory.importers.ndjson import read_ndjson
from workers.inventory.importers.rejection import LONGEST_REASON, Rejection


def policy(name):
    return {"resourceType": "IOT_POLICY", "policyName": name, "policyVersionId": "1", "policyDocument": "{}"}


def line(name):
    return json.dumps(policy(name)).encode() + b"\n"


def read(*chunks):
    return list(read_ndjson(numbered_lines(chunks), ACCOUNT))


def told(items):
    """The names of the policies, and the lines that were rejected."""
    return [item.line if isinstance(item, Rejection) else item.values["policy_name"] for item in items]


def test_each_line_is_a_record():
    assert told(read(line("A") + line("B"), line("C").rstrip())) == ["A", "B", "C"]


def test_a_byte_order_mark_blank_lines_and_other_line_ends_are_passed_over():
    assert told(read(b"\xef\xbb\xbf" + line("A").replace(b"\n", b"\r\n") + b"\n  \n" + line("B"))) == ["A", "B"]


@pytest.mark.parametrize(
    ("garbage", "reason"),
    [
        (b"{broken", "not JSON: "),
        (b"[]", "not a JSON object"),
        (b"null", "not a JSON object"),
        (b'{"resourceType": "IOT_POLICY"}', "policyName is missing"),
        (b'{"a": NaN}', "not JSON: "),
        (b'{"a": "\xff"}', "not JSON: "),
        (b'{"a":' * 3_000, "not JSON: "),
        (b'{"resourceType": "' + b"x" * 5_000 + b'"}', "resourceType must be one of"),
        (b"x" * (LONGEST_LINE + 1), "longer than 1,048,576 bytes"),
    ],
)
def test_a_line_that_is_none_is_rejected_with_its_number_and_the_rest_is_read(garbage, reason):
    first, rejection, last = read(line("A") + b"\n" + garbage + b"\n" + line("B"))
    assert told([first, last]) == ["A", "B"]
    assert rejection.line == 3
    assert rejection.reason.startswith(reason)
    assert len(rejection.reason) <= LONGEST_REASON + len("...")


def test_json_over_several_lines_is_one_rejection_that_says_how_to_mend_it():
    for written in ([policy("A")], policy("A")):
        [rejection] = read(json.dumps(written, indent=2).encode())
        assert rejection == Rejection(
            "a JSON document over several lines; NDJSON has one record a line, as `jq -c` writes it", line=1
        )


pieces = st.sampled_from(
    [b"\n", line("A"), b"{", b"}", b'"resourceType"', b":", b'"IOT_POLICY"', b"\\ud800", b"\xff"]
)


@settings(max_examples=300)
@given(st.lists(st.one_of(pieces, st.binary(max_size=20))))
def test_any_bytes_are_records_and_rejections(chunks):
    assert all(isinstance(item, (InventoryRecord, Rejection)) for item in read(*chunks))
