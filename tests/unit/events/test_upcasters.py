"""An event of a past version is read as the present one."""

from typing import Any

import pytest
from eventsourcing.persistence import StoredEvent

from events.codec import EventMapper, UnreadableEvent
from events.event import Event
from tests.support.example_events import STREAM, example

CARRIED = (
    b'"timestamp":"2026-01-01T12:00:00.123Z","account":"000000000000","actor":"AKIDEXAMPLE",'
    b'"request_id":"4f1c2d3e-0000-4000-8000-000000000001","causation_id":""'
)


class DoorOpened(Event):
    """Began as a width in inches, became millimetres, and was then given its height."""

    TOPIC = "Door.Opened.v3"
    width: int
    height: int


def to_millimetres(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name != "inches"} | {"width": fields["inches"] * 25}


def with_height(fields: dict[str, Any]) -> dict[str, Any]:
    return {**fields, "height": 2000}


TOPICS = {"Door.Opened.v3": DoorOpened}
MAPPER = EventMapper(TOPICS, {"Door.Opened.v1": to_millimetres, "Door.Opened.v2": with_height})


def read(topic: str, facts: bytes) -> Event:
    return MAPPER.to_domain_event(StoredEvent(STREAM, 1, topic, b"{" + CARRIED + b"," + facts + b"}"))


@pytest.mark.parametrize(
    ("topic", "facts"),
    [
        ("Door.Opened.v1", b'"inches":30'),
        ("Door.Opened.v2", b'"width":750'),
        ("Door.Opened.v3", b'"width":750,"height":2000'),
    ],
)
def test_every_version_is_read_as_the_present_one(topic, facts):
    assert read(topic, facts) == example(DoorOpened, width=750, height=2000)


def test_the_present_version_is_what_is_written():
    assert MAPPER.to_stored_event(example(DoorOpened, width=1, height=2)).topic == "Door.Opened.v3"


def test_what_an_upcaster_makes_is_checked():
    with pytest.raises(UnreadableEvent, match=r"Door\.Opened\.v2, is damaged: .*width"):
        read("Door.Opened.v2", b'"width":"wide"')


def test_an_upcaster_that_misses_its_field_is_a_damaged_event():
    with pytest.raises(UnreadableEvent, match=r"Door\.Opened\.v1, is damaged: 'inches'"):
        read("Door.Opened.v1", b'"feet":3')


@pytest.mark.parametrize(
    ("upcasters", "complaint"),
    [
        ({"Door.Opened.v1": to_millimetres}, r"Door\.Opened\.v1 leads to Door\.Opened\.v2, which is no topic"),
        ({"Door.Opened.v3": with_height}, r"Door\.Opened\.v3 is a present topic"),
        ({"Door.Opened": with_height}, r"Door\.Opened does not end in its version"),
        ({"Gate.Opened.v1": with_height}, r"Gate\.Opened\.v1 leads to Gate\.Opened\.v2, which is no topic"),
    ],
)
def test_an_upcaster_that_leads_nowhere_is_found_when_the_mapper_is_made(upcasters, complaint):
    with pytest.raises(ValueError, match=complaint):
        EventMapper(TOPICS, upcasters)


def test_a_topic_that_its_class_does_not_name_is_found_when_the_mapper_is_made():
    with pytest.raises(ValueError, match=r"DoorOpened names the topic Door\.Opened\.v3, not Door\.Opened\.v4"):
        EventMapper({"Door.Opened.v4": DoorOpened}, {})
