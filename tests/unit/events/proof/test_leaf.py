"""An event's leaf has every column, and no two events have the same."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.proof.leaf import NoLeaf, hash_of, leaf_of, read_leaf

ROW = (7, bytes(range(16)), 3, b"ScheduledAudit.Created.v1", b'{"a":1}', b"000000000000", -5, bytes(16))
ROWS = st.tuples(
    st.integers(0, 2**63 - 1),
    st.binary(max_size=20),
    st.integers(0, 2**63 - 1),
    st.binary(max_size=30),
    st.binary(max_size=300),
    st.binary(max_size=20),
    st.integers(-(2**63), 2**63 - 1),
    st.binary(max_size=20),
)


def test_golden():
    assert leaf_of(ROW).hex() == (
        "0100000000000000070000000000000003fffffffffffffffb10100019000c00000007"
        "000102030405060708090a0b0c0d0e0f00000000000000000000000000000000"
        "5363686564756c656441756469742e437265617465642e7631"
        "303030303030303030303030"
        "7b2261223a317d"
    )


def test_it_reads_back():
    event = read_leaf(leaf_of(ROW))

    assert (event.position, event.version, event.recorded_at) == (7, 3, -5)
    assert (event.topic, event.account, event.state) == ("ScheduledAudit.Created.v1", "000000000000", b'{"a":1}')
    assert (event.stream, event.event_id) == (UUID(bytes=bytes(range(16))), UUID(int=0))


@given(ROWS, ROWS)
def test_other_columns_make_another_leaf(one, other):
    assert (leaf_of(one) == leaf_of(other)) is (one == other)


@pytest.mark.parametrize("column", range(8))
@pytest.mark.parametrize("value", [None, "text", 1.5, -(2**70)])
def test_columns_that_no_event_has(column, value):
    assert hash_of([*ROW[:column], value, *ROW[column + 1 :]]) is None


@pytest.mark.parametrize("cut", [0, 5, 34, 40, -1])
def test_what_is_no_leaf(cut):
    with pytest.raises(NoLeaf):
        read_leaf(leaf_of(ROW)[:cut])


def test_a_leaf_of_another_format():
    with pytest.raises(NoLeaf):
        read_leaf(b"\2" + leaf_of(ROW)[1:])
