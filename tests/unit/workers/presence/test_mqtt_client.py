import pytest
from aiomqtt import Message

from workers.presence.mqtt_client import LARGEST_PAYLOAD, Arrivals


def message(payload: bytes) -> Message:
    return Message("presence/connected/x", payload, 1, False, 1, None)


@pytest.fixture
def arrivals():
    return Arrivals(2)


def test_what_there_is_no_place_for_is_counted(arrivals):
    for number in range(5):
        arrivals.put_nowait(message(b"%d" % number))
    assert [arrivals.get_nowait().payload for _ in range(2)] == [b"0", b"1"]
    assert arrivals.dropped == 3


def test_of_a_long_message_only_the_beginning_is_kept(arrivals):
    arrivals.put_nowait(message(b"x" * LARGEST_PAYLOAD))
    arrivals.put_nowait(message(b"x" * LARGEST_PAYLOAD * 100))
    sizes = [len(arrivals.get_nowait().payload) for _ in range(2)]
    assert sizes == [LARGEST_PAYLOAD, LARGEST_PAYLOAD + 1]
