"""What is in the log somewhere stays readable, as what it was."""

import pytest

from events.codec import EventMapper
from events.event import Event
from events.topics import TOPICS, UPCASTERS
from tests.support.golden_events import GoldenEvent, fields_of, golden_events

GOLDEN = golden_events()
MAPPER = EventMapper(TOPICS, UPCASTERS)


def read(golden: GoldenEvent) -> Event:
    return MAPPER.to_domain_event(golden.as_stored_event())


def test_every_topic_has_a_golden_file():
    assert {golden.topic for golden in GOLDEN} == {*TOPICS, *UPCASTERS}, (
        "python -m tests.support.golden_events writes the file of a new event from its example"
    )


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.topic)
def test_the_stored_text_is_read_as_the_expected_event(golden):
    event = read(golden)

    assert type(event).__name__ == golden.class_name
    assert fields_of(event) == golden.fields


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.topic)
def test_what_was_read_is_written_under_a_present_topic_and_read_again(golden):
    event = read(golden)

    stored = MAPPER.to_stored_event(event)

    assert stored.topic in TOPICS
    assert MAPPER.to_domain_event(stored) == event


@pytest.mark.parametrize(
    "golden", [golden for golden in GOLDEN if golden.topic in TOPICS], ids=lambda golden: golden.topic
)
def test_a_golden_file_fills_every_field(golden):
    """So that a field which is renamed, and has a default, does not vanish from old events unseen."""
    for name in golden.fields:
        assert f'"{name}":' in golden.stored
