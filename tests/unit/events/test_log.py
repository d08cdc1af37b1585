"""The log takes a save as a whole or not at all."""

import os
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from events.audit_account_events import AuditRoleChanged
from events.check_shard import AuditFindingsRecorded, ShardId
from events.clock import epoch_milliseconds
from events.codec import MAX_EVENT_BYTES, MAX_SAVE_BYTES, MAX_SAVE_EVENTS, EventMapper, UnreadableEvent
from events.errors import EventTooLarge, StoreUnavailable, StreamConflict
from events.event import Event
from events.log import EventLog, Recorded
from events.resource import NonCompliance, Resource
from events.store.database import SqliteDatabase
from events.store.sqlite import SqliteRecorder, open_sqlite_log
from events.topics import TOPICS, UPCASTERS
from events.vocabulary import ResourceType, Severity, TaskId
from tests.support.example_events import EXAMPLES, LOGGING, STREAM, example
from tests.support.given import NOON

MAPPER = EventMapper(TOPICS, UPCASTERS)
BYTES_BESIDE_THE_ROLE = len(MAPPER.to_stored_event(example(AuditRoleChanged, role_arn="")).state)


def role_changed(stream: UUID = STREAM, version: int = 1, *, bytes_stored: int = 300) -> Event:
    """An event of that size, whose text does not compress."""
    text = os.urandom(bytes_stored).hex()[: bytes_stored - BYTES_BESIDE_THE_ROLE]
    return replace(example(AuditRoleChanged, version, role_arn=text), originator_id=stream)


def save_of(total_bytes: int) -> list[Event]:
    """Events of one stream that make up exactly so many bytes."""
    full, rest = divmod(total_bytes, 8000)
    sizes = [8000] * (full - 1) + [4000, 4000 + rest]
    return [role_changed(version=version, bytes_stored=size) for version, size in enumerate(sizes, 1)]


def findings_recorded(batch: int) -> Event:
    """An event of one finding, as LOGGING_DISABLED_CHECK makes them."""
    finding = NonCompliance(
        Resource(ResourceType.ACCOUNT_SETTINGS, {"account": "000000000000"}),
        "LOGGING_DISABLED",
        "Logging is off.",
    )
    return example(
        AuditFindingsRecorded,
        batch + 1,
        request_id="1",
        shard=ShardId(TaskId("a" * 32), LOGGING, 0),
        batch=batch,
        severity=Severity.LOW,
        task_started_at=EXAMPLES[0].timestamp,
        findings=[finding],
    )


def test_what_was_appended_is_read_by_stream_and_in_the_order_of_the_log(log):
    other = uuid4()
    events = [role_changed(version=1), role_changed(other), role_changed(version=2)]

    positions = log.append(events)

    assert log.stream(STREAM) == [events[0], events[2]]
    assert log.stream(STREAM, after_version=1) == [events[2]]
    assert log.stream(uuid4()) == []
    assert log.after(0) == [Recorded(*pair) for pair in zip(positions, events, strict=True)]
    assert log.after(positions[0], limit=1) == [Recorded(positions[1], events[1])]
    assert log.after(positions[-1]) == []
    assert log.last_position() == positions[-1]


def test_every_kind_of_event_can_be_appended_and_read(log):
    events = [replace(event, originator_id=uuid4()) for event in EXAMPLES]

    log.append(events)

    assert [recorded.event for recorded in log.after(0)] == events


def test_an_empty_log_is_at_position_0(log):
    assert log.last_position() == 0
    assert log.after(0) == []
    assert log.append([]) == []


def test_how_far_it_had_come_at_a_moment(log):
    moments = [NOON + timedelta(milliseconds=each) for each in (0, 5, 5, 5, 9)]
    events = [replace(role_changed(version=version), timestamp=at) for version, at in enumerate(moments, 1)]
    positions = log.append(events)
    noon = epoch_milliseconds(NOON)
    found = [log.position_at(noon + after) for after in (-1, 0, 4, 5, 8, 9, 1000)]
    assert found == [0, positions[0], positions[0], positions[3], positions[3], positions[4], positions[4]]


def test_events_of_some_streams_and_classes_are_found_and_read(log):
    other = uuid4()
    first, second, third = log.append([role_changed(), role_changed(other), role_changed(version=2)])
    assert log.positions_of([STREAM], [AuditRoleChanged], third) == [first, third]
    assert log.positions_of([STREAM, other], [AuditRoleChanged], second) == [first, second]
    assert log.positions_of([STREAM], [AuditFindingsRecorded], third) == []
    assert [each.position for each in log.at([third, first, third + 1])] == [first, third]


def test_a_version_that_exists_is_a_conflict(log):
    log.append([role_changed()])

    with pytest.raises(StreamConflict):
        log.append([role_changed(uuid4()), role_changed()])

    assert len(log.after(0)) == 1


def test_a_save_of_exactly_the_allowed_size_goes_in_and_one_byte_more_does_not(log):
    allowed = save_of(MAX_SAVE_BYTES)
    with pytest.raises(EventTooLarge, match="1048577 bytes; at most 1048576"):
        log.append(save_of(MAX_SAVE_BYTES + 1))
    assert log.last_position() == 0

    log.append(allowed)

    assert log.stream(STREAM) == allowed
    assert sum(len(MAPPER.to_stored_event(event).state) for event in allowed) == MAX_SAVE_BYTES


def test_a_save_of_exactly_the_allowed_number_of_findings_events_goes_in_and_one_more_does_not(log):
    events = [findings_recorded(batch) for batch in range(MAX_SAVE_EVENTS + 1)]
    with pytest.raises(EventTooLarge, match="2001 events; at most 2000"):
        log.append(events)
    assert log.last_position() == 0

    positions = log.append(events[:-1])

    assert len(positions) == MAX_SAVE_EVENTS
    assert log.stream(STREAM) == events[:-1]
    assert [recorded.position for batch in batches(log) for recorded in batch] == positions


def batches(log: EventLog) -> list[list[Recorded]]:
    """The whole log, in the batches in which a follower reads it."""
    read: list[list[Recorded]] = []
    position = 0
    while batch := log.after(position, limit=MAX_SAVE_EVENTS + 1):
        read.append(batch)
        position = batch[-1].position
    return read


def test_a_batch_of_large_events_ends_early_and_none_is_left_out(log):
    for version in range(1, 8):
        log.append([role_changed(version=version, bytes_stored=7000)])
        log.append([role_changed(uuid4(), bytes_stored=MAX_EVENT_BYTES)])  # half of it, compressed

    read = batches(log)

    assert [len(batch) for batch in read] == [4, 4, 4, 2]
    assert [recorded.position for batch in read for recorded in batch] == list(range(1, 15))


def test_one_event_that_is_too_large_keeps_its_whole_save_out(log):
    with pytest.raises(EventTooLarge, match="bytes compressed"):
        log.append([role_changed(), role_changed(version=2, bytes_stored=3 * MAX_EVENT_BYTES)])

    assert log.last_position() == 0


def test_an_event_that_this_version_can_not_read_is_an_error_that_names_its_position(path):
    newer = open_sqlite_log(path)
    [_, position] = newer.append([role_changed(), role_changed(version=2)])
    newer.close()
    older = EventLog(EventMapper({}, {}), SqliteRecorder(SqliteDatabase(path)))

    with pytest.raises(UnreadableEvent, match=rf"position {position} .* topic 'AuditAccount\.RoleChanged\.v1'"):
        older.after(position - 1)
    older.close()


def test_a_closed_log_says_that_it_is_closed(log):
    log.close()

    with pytest.raises(StoreUnavailable):
        log.append([role_changed()])
    with pytest.raises(StoreUnavailable):
        log.last_position()
