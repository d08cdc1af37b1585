"""What a file of presence events is cut into: whole lines, of a size that a signed body may have."""

from io import BytesIO

import pytest

from service.app import MAX_BODY
from service.cli.presence import _batches

LINE = b'{"clientId": "door-1", "eventType": "connected"}\n'


@pytest.mark.parametrize("lines", [0, 1, 10_000, 50_000])
def test_whole_lines_are_sent(lines):
    batches = list(_batches(BytesIO(LINE * lines)))

    assert b"".join(batches) == LINE * lines
    assert all(len(batch) <= MAX_BODY for batch in batches)
    assert all(batch.endswith(b"\n") for batch in batches if lines)


def test_a_file_without_events_is_sent_too():
    assert list(_batches(BytesIO(b""))) == [b""]


def test_a_line_without_an_end_does_not_grow_for_ever():
    batches = list(_batches(BytesIO(b"x" * 3 * MAX_BODY)))

    assert sum(map(len, batches)) == 3 * MAX_BODY
    assert max(map(len, batches)) <= MAX_BODY
