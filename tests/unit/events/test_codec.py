"""How events are written and read, and what never gets into the log."""

import math
import os
import zlib
from dataclasses import replace
from datetime import datetime

import pytest
from eventsourcing.persistence import Notification, StoredEvent

from events.audit_account_events import (
    AuditCheckConfigured,
    AuditChecksEnabled,
    AuditRoleChanged,
    ScheduledAuditTagged,
)
from events.audit_task import AuditCheckOutcomeRecorded, CheckOutcome
from events.check_shard import AuditFindingsRecorded
from events.codec import (
    COMPRESSED_FROM_BYTES,
    MAX_BODY_BYTES,
    MAX_EVENT_BYTES,
    EventMapper,
    UnreadableEvent,
    UnwritableEvent,
)
from events.errors import EventTooLarge
from events.event import Event
from events.resource import Resource
from events.topics import TOPICS, UPCASTERS
from events.vocabulary import CheckRunStatus, ResourceType, Severity, ThresholdName
from tests.support.example_events import BARE_FINDING, EXAMPLES, LOGGING, SHARD, STREAM, TASK, example

MAPPER = EventMapper(TOPICS, UPCASTERS)


def role_changed(role_arn: object) -> Event:
    return example(AuditRoleChanged, role_arn=role_arn)


def findings_of(*identifiers: dict[str, object]) -> Event:
    return example(
        AuditFindingsRecorded,
        shard=SHARD,
        batch=0,
        severity=Severity.LOW,
        task_started_at=EXAMPLES[0].timestamp,
        findings=[
            replace(BARE_FINDING, resource=Resource(ResourceType.CLIENT_ID, identifier))
            for identifier in identifiers
        ],
    )


def stored_as(state: bytes, topic: str = "AuditAccount.RoleChanged.v1") -> StoredEvent:
    return StoredEvent(STREAM, 7, topic, state)


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: event.TOPIC)
def test_an_event_is_read_back_as_it_was_written(event):
    read = MAPPER.to_domain_event(MAPPER.to_stored_event(event))

    assert read == event
    assert repr(read) == repr(event)


def test_a_name_of_an_enumeration_may_be_a_key():
    configuration = {ThresholdName.CERT_AGE_THRESHOLD_IN_DAYS: "60"}
    event = example(AuditCheckConfigured, check_name=LOGGING, configuration=configuration)

    stored = MAPPER.to_stored_event(event)

    assert stored.state.endswith(b'"configuration":{"CERT_AGE_THRESHOLD_IN_DAYS":"60"}}')
    assert MAPPER.to_domain_event(stored) == event


def test_a_stored_event_says_where_it_belongs_and_when_it_was():
    event = role_changed("arn")

    stored = MAPPER.to_stored_event(event)

    assert (stored.originator_id, stored.originator_version) == (STREAM, 1)
    assert stored.topic == "AuditAccount.RoleChanged.v1"
    assert stored.account_id == "000000000000"
    assert stored.recorded_at == 1767268800123
    assert stored.event_id == event.event_id
    assert b"originator" not in stored.state


def test_a_small_body_is_json_that_a_person_can_read():
    assert MAPPER.to_stored_event(role_changed("arn:aws:ü")).state.decode().endswith('"role_arn":"arn:aws:ü"}')


def test_a_large_body_is_compressed_and_read_back():
    event = role_changed("a" * 100_000)

    stored = MAPPER.to_stored_event(event)

    assert len(stored.state) < 1000
    assert stored.state[:1] == b"z"
    assert MAPPER.to_domain_event(stored) == event


def test_compression_begins_at_its_threshold():
    rest = len(MAPPER.to_stored_event(role_changed("")).state)

    below = MAPPER.to_stored_event(role_changed("a" * (COMPRESSED_FROM_BYTES - rest - 1))).state
    at = MAPPER.to_stored_event(role_changed("a" * (COMPRESSED_FROM_BYTES - rest))).state

    assert len(below) == COMPRESSED_FROM_BYTES - 1
    assert (below[:1], at[:1]) == (b"{", b"z")


def test_an_event_too_large_even_when_compressed_is_refused():
    incompressible = os.urandom(MAX_EVENT_BYTES).hex()

    with pytest.raises(
        EventTooLarge, match=r"AuditAccount\.RoleChanged\.v1 of \d+ bytes compressed; at most 262144"
    ):
        MAPPER.to_stored_event(role_changed(incompressible))


def test_a_body_of_exactly_the_largest_size_is_written_and_one_byte_more_is_refused():
    rest = len(MAPPER.to_stored_event(role_changed("")).state)
    largest = role_changed("a" * (MAX_BODY_BYTES - rest))

    assert MAPPER.to_domain_event(MAPPER.to_stored_event(largest)) == largest
    with pytest.raises(EventTooLarge, match="4194305 bytes; at most 4194304"):
        MAPPER.to_stored_event(role_changed("a" * (MAX_BODY_BYTES - rest + 1)))


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_number_that_json_does_not_have_is_refused(number):
    with pytest.raises(UnwritableEvent, match=r"CheckShard\.FindingsRecorded\.v1 would not read back as it is"):
        MAPPER.to_stored_event(findings_of({"clientId": "a", "connections": number}))


@pytest.mark.parametrize(
    "event",
    [
        findings_of({"clientId": 2**64}),
        findings_of({"clientId": {1}}),
        findings_of({"clientId": "\ud800"}),
        role_changed(None),
        role_changed(17),
        role_changed("\ud800"),
        example(AuditChecksEnabled, check_names="LOGGING_DISABLED_CHECK"),
        example(AuditChecksEnabled, check_names=("LOGGING_DISABLED_CHECK",)),
        example(ScheduledAuditTagged, name="daily", tags={"team": None}),
        example(ScheduledAuditTagged, name="daily", tags={1: "team"}),
        example(
            AuditCheckOutcomeRecorded,
            task_id=TASK,
            check_name=LOGGING,
            outcome=CheckOutcome(CheckRunStatus.FAILED, resources_examined=2**64),
        ),
        replace(role_changed("arn"), timestamp=datetime(2026, 1, 1)),  # noqa: DTZ001
    ],
    ids=[
        "number beyond 64 bits",
        "set",
        "surrogate in free data",
        "missing",
        "number for text",
        "surrogate",
        "text for list",
        "tuple for list",
        "null for text",
        "number for key",
        "field beyond 64 bits",
        "time without zone",
    ],
)
def test_what_would_not_read_back_as_it_is_never_gets_in(event):
    with pytest.raises(UnwritableEvent, match=event.TOPIC):
        MAPPER.to_stored_event(event)


def test_an_event_class_without_a_topic_in_the_table_is_refused():
    class Unlisted(Event):
        TOPIC = "Unlisted.v1"

    with pytest.raises(UnwritableEvent, match="Unlisted has no topic in"):
        MAPPER.to_stored_event(example(Unlisted))


def test_an_unknown_topic_is_an_error_that_names_position_stream_and_topic():
    notification = Notification(STREAM, 7, "os.system", b"{}", 4711)

    with pytest.raises(UnreadableEvent) as refused:
        MAPPER.to_domain_event(notification)

    assert "position 4711" in str(refused.value)
    assert f"version 7 of stream {STREAM}" in str(refused.value)
    assert "'os.system'" in str(refused.value)


@pytest.mark.parametrize(
    "state",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b"{}",
        b'{"role_arn": 1}',
        MAPPER.to_stored_event(role_changed("arn")).state[:-1],
        MAPPER.to_stored_event(role_changed("arn")).state.replace(b"+00:00", b""),
        MAPPER.to_stored_event(role_changed("a" * 100_000)).state[:-1],
        b"z",
        b"znot zlib",
        b"z" + zlib.compress(b"[]"),
        b"\xff",
    ],
)
def test_a_damaged_body_is_an_error_that_names_its_place(state):
    with pytest.raises(UnreadableEvent, match=f"version 7 of stream {STREAM}.* is damaged"):
        MAPPER.to_domain_event(stored_as(state))


def test_what_unpacks_to_more_than_any_event_is_not_unpacked():
    bomb = b"z" + zlib.compress(b" " * (MAX_BODY_BYTES + 1))

    with pytest.raises(UnreadableEvent, match="unpacks to more than 4194304 bytes"):
        MAPPER.to_domain_event(stored_as(bomb))
