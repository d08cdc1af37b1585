import gzip
import zlib
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.errors import InvalidRequest
from service.wire.unpacking import PIECE, STEP, unpacked

TEXT = Random(7).randbytes(3_000) + b"a" * 3_000


def raw_deflate(body: bytes) -> bytes:
    packing = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packing.compress(body) + packing.flush()


PACKED = {"gzip": gzip.compress(TEXT), "zlib": zlib.compress(TEXT), "raw": raw_deflate(TEXT)}
ENCODING = {"gzip": "gzip", "zlib": "deflate", "raw": "deflate"}


def whole(packed: bytes, encoding: str) -> bytes:
    return b"".join(unpacked([packed], encoding))


@pytest.mark.parametrize("how", PACKED)
@given(cuts=st.lists(st.integers(0, 4_000), max_size=6))
def test_a_body_is_unpacked_in_whatever_pieces_it_comes(how, cuts):
    packed = PACKED[how]
    ends = [0, *sorted(cuts), len(packed)]
    pieces = [packed[start:end] for start, end in pairwise(ends)]
    assert b"".join(unpacked(pieces, ENCODING[how])) == TEXT


@pytest.mark.parametrize("how", PACKED)
def test_one_that_was_cut_off_anywhere_is_refused(how):
    packed = PACKED[how]
    for end in range(len(packed)):
        with pytest.raises(InvalidRequest, match="ends before"):
            whole(packed[:end], ENCODING[how])


@pytest.mark.parametrize("how", PACKED)
@pytest.mark.parametrize("rubbish", [b"\0", b"{}\n", bytes(STEP)])
def test_one_that_goes_on_after_its_end_is_refused(how, rubbish):
    with pytest.raises(InvalidRequest):
        whole(PACKED[how] + rubbish, ENCODING[how])
    with pytest.raises(InvalidRequest):
        list(unpacked([PACKED[how], rubbish], ENCODING[how]))


@pytest.mark.parametrize("how", ["gzip", "zlib"])
@pytest.mark.parametrize("bit", [0x01, 0x10])
def test_one_that_was_damaged_is_refused_or_says_the_same(how, bit):
    packed, refused = bytearray(PACKED[how]), 0
    for place in range(len(packed)):
        packed[place] ^= bit
        try:
            assert whole(bytes(packed), ENCODING[how]) == TEXT  # such as with another time in the head of gzip
        except InvalidRequest:
            refused += 1
        packed[place] ^= bit
    assert refused > len(packed) - 20


def test_the_parts_of_a_gzip_body_are_one_body():
    assert whole(PACKED["gzip"] + gzip.compress(b"") + gzip.compress(b"end"), "gzip") == TEXT + b"end"
    with pytest.raises(InvalidRequest, match="ends before"):
        whole(PACKED["gzip"] + gzip.compress(b"end")[:-1], "gzip")


def test_those_of_a_deflate_body_are_not():
    with pytest.raises(InvalidRequest, match="goes on after the end of its deflate"):
        whole(PACKED["zlib"] * 2, "deflate")


@pytest.mark.parametrize("length", [PIECE - 1, PIECE, PIECE + 1, 5 * PIECE, 5 * PIECE + 258])
@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, raw_deflate])
def test_what_a_little_stands_for_comes_in_bounded_pieces(pack, length):
    body = bytes(length)
    pieces = list(unpacked([pack(body)], "gzip" if pack is gzip.compress else "deflate"))
    assert b"".join(pieces) == body
    assert max(map(len, pieces)) <= PIECE


def test_a_body_that_is_empty_is_no_gzip_and_a_plain_one_is_left_alone():
    with pytest.raises(InvalidRequest, match="ends before"):
        list(unpacked([], "gzip"))
    assert list(unpacked([b"one", b"two"], "identity")) == [b"one", b"two"]
