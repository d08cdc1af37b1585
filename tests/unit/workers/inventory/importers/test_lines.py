import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from workers.inventory.importers.lines import numbered_lines


def lines(*chunks, longest=100):
    return list(numbered_lines(chunks, longest))


def test_lines_are_numbered_from_one_and_blank_ones_count():
    assert lines(b"a\n\nb\n") == [(1, b"a"), (2, b""), (3, b"b")]


def test_the_last_line_needs_no_end():
    assert lines(b"a\nb") == [(1, b"a"), (2, b"b")]


def test_no_bytes_are_no_lines():
    assert lines() == lines(b"") == []


def test_a_line_that_is_too_long_is_none_and_the_next_is_read():
    assert lines(b"a\n", b"b" * 101, b"\nc\n") == [(1, b"a"), (2, None), (3, b"c")]
    assert lines(b"b" * 100 + b"\n" + b"c" * 101) == [(1, b"b" * 100), (2, None)]


@given(st.binary(max_size=200), st.integers(1, 20), st.integers(1, 30))
def test_how_a_stream_is_cut_into_chunks_makes_no_difference(stream, size, longest):
    chunks = [stream[at : at + size] for at in range(0, len(stream), size)]
    whole = stream.split(b"\n")
    expected = whole[:-1] if not whole[-1] else whole
    assert lines(*chunks, longest=longest) == [
        (number, line if len(line) <= longest else None) for number, line in enumerate(expected, 1)
    ]


def test_a_line_without_end_takes_no_more_memory_than_the_longest_that_is_kept():
    tracemalloc.start()
    try:
        assert list(numbered_lines((b"x" * 10_000 for _ in range(1_000)), 100_000)) == [(1, None)]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 500_000
