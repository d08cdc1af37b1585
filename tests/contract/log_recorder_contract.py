"""What every recorder of the log promises, whatever database is below it.

A test class derives from this and gives a `recorder`, and `another` one over the same store.
"""

import threading
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import IntegrityError, Notification

from events.codec import StoredEvent
from events.errors import StoreUnavailable
from events.log import LogRecorder

PATIENCE = 30.0
RECORDED_AT = 1767268800123


def stored(stream: UUID, version: int, topic: str = "Door.Opened.v1", state: bytes = b"{}") -> StoredEvent:
    return StoredEvent(stream, version, topic, state, "000000000000", RECORDED_AT, uuid4())


def stream_of(length: int, topic: str = "Door.Opened.v1") -> list[StoredEvent]:
    stream = uuid4()
    return [stored(stream, version, topic) for version in range(1, length + 1)]


def versions(events: Sequence[Any]) -> list[int]:
    return [event.originator_version for event in events]


def positions(notifications: Sequence[Notification]) -> list[int]:
    return [notification.id for notification in notifications]


class LogRecorderContract:
    @pytest.fixture
    def recorder(self) -> LogRecorder:
        raise AssertionError("a test class gives its recorder")

    @pytest.fixture
    def another(self) -> LogRecorder:
        raise AssertionError("a test class gives another recorder over the same store")

    def test_nothing_is_recorded_at_first(self, recorder):
        assert recorder.max_notification_id() is None
        assert recorder.select_notifications(None, 10) == []
        assert recorder.select_events(uuid4()) == []

    def test_what_was_inserted_comes_back_with_its_position(self, recorder):
        stream = uuid4()
        state = bytes(range(256))

        [position] = recorder.insert_events([stored(stream, 1, "Door.Opened.v1", state)])

        [event] = recorder.select_events(stream)
        [notification] = recorder.select_notifications(position, 10)
        assert (event.originator_id, event.originator_version) == (stream, 1)
        assert (event.topic, event.state) == ("Door.Opened.v1", state)
        assert notification == Notification(stream, 1, "Door.Opened.v1", state, position)

    @pytest.mark.parametrize("length", [1, 2, 3, 63, 64, 65, 100, 2000])
    def test_a_save_of_any_length_is_recorded_in_its_order(self, recorder, length):
        events = stream_of(length)

        given = recorder.insert_events(events)

        found = recorder.select_notifications(None, length + 1)
        assert versions(found) == list(range(1, length + 1))
        assert positions(found) == list(given)

    def test_it_is_known_when_the_next_event_was_recorded_whatever_is_in_it(self, recorder):
        assert recorder.recorded_after(0) is None

        [first, second] = recorder.insert_events(stream_of(2, "Nobody.KnowsThis.v1"))

        assert recorder.recorded_after(0) == recorder.recorded_after(first) == RECORDED_AT
        assert recorder.recorded_after(second) is None

    def test_whether_it_can_be_appended_to_is_found_out_without_appending(self, recorder):
        recorder.require_appendable()
        [first] = recorder.insert_events(stream_of(1))
        recorder.require_appendable()
        [second] = recorder.insert_events(stream_of(1))

        assert positions(recorder.select_notifications(None, 10)) == [first, second]

    def test_a_closed_one_can_not_be_appended_to(self, recorder):
        recorder.close()

        with pytest.raises(StoreUnavailable):
            recorder.require_appendable()

    def test_no_events_are_no_positions(self, recorder):
        assert list(recorder.insert_events([])) == []

    def test_positions_grow_from_save_to_save(self, recorder):
        saves = [recorder.insert_events(stream_of(3)) for _ in range(4)]

        given = [position for save in saves for position in save]
        assert given == sorted(set(given))
        assert given[0] > 0
        assert recorder.max_notification_id() == given[-1]

    def test_a_version_that_exists_is_a_conflict_and_nothing_of_the_save_is_recorded(self, recorder):
        stream = uuid4()
        recorder.insert_events([stored(stream, 1)])
        neighbour = stream_of(70)

        with pytest.raises(IntegrityError):
            recorder.insert_events([*neighbour, stored(stream, 2), stored(stream, 1)])

        assert recorder.select_events(neighbour[0].originator_id) == []
        assert versions(recorder.select_events(stream)) == [1]

    def test_after_a_conflict_recording_goes_on(self, recorder):
        [first] = recorder.insert_events(events := stream_of(1))
        with pytest.raises(IntegrityError):
            recorder.insert_events(events)

        [second] = recorder.insert_events(stream_of(1))

        assert second > first
        assert positions(recorder.select_notifications(first, 10)) == [first, second]

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ({}, [1, 2, 3, 4, 5]),
            ({"gt": 2}, [3, 4, 5]),
            ({"lte": 3}, [1, 2, 3]),
            ({"gt": 1, "lte": 4}, [2, 3, 4]),
            ({"gt": 5}, []),
            ({"lte": 0}, []),
            ({"limit": 2}, [1, 2]),
            ({"limit": 0}, []),
            ({"desc": True}, [5, 4, 3, 2, 1]),
            ({"desc": True, "limit": 1}, [5]),
            ({"desc": True, "lte": 4, "limit": 2}, [4, 3]),
            ({"gt": 2, "desc": True}, [5, 4, 3]),
        ],
    )
    def test_a_stream_is_read_by_ranges_of_versions(self, recorder, asked, found):
        recorder.insert_events(stream_of(3))
        recorder.insert_events(events := stream_of(5))

        assert versions(recorder.select_events(events[0].originator_id, **asked)) == found

    def test_the_log_is_read_from_a_position_to_another(self, recorder):
        first, second, third, fourth = recorder.insert_events(stream_of(4))

        def read(*args: Any, **options: Any) -> list[int]:
            return positions(recorder.select_notifications(*args, **options))

        assert read(second, 10) == [second, third, fourth]
        assert read(second, 10, inclusive_of_start=False) == [third, fourth]
        assert read(None, 10, inclusive_of_start=False) == [first, second, third, fourth]
        assert read(first, 10, third) == [first, second, third]
        assert read(first, 10, third, inclusive_of_start=False) == [second, third]
        assert read(first, 2) == [first, second]
        assert read(fourth + 1, 10) == []
        assert read(fourth, 10, inclusive_of_start=False) == []

    def test_the_log_is_read_by_topics(self, recorder):
        doors = recorder.insert_events(stream_of(2, "Door.Opened.v1"))
        gates = recorder.insert_events(stream_of(2, "Gate.Opened.v1"))
        recorder.insert_events(stream_of(2, "Roof.Opened.v1"))

        def read(*topics: str, limit: int = 10) -> list[int]:
            return positions(recorder.select_notifications(None, limit, topics=topics))

        assert read("Door.Opened.v1") == [*doors]
        assert read("Gate.Opened.v1", "Door.Opened.v1") == [*doors, *gates]
        assert read("Gate.Opened.v1", "Door.Opened.v1", limit=3) == [*doors, gates[0]]
        assert read("Wall.Opened.v1") == []

    def test_events_of_some_streams_and_topics_are_found_by_their_positions(self, recorder):
        first, second, third = stream_of(3), stream_of(2, "Window.Opened.v1"), stream_of(2)
        at = [*recorder.insert_events(first), *recorder.insert_events(second), *recorder.insert_events(third)]
        ids = [events[0].originator_id for events in (second, first)]

        both = recorder.positions_of(ids, ["Door.Opened.v1", "Window.Opened.v1"], at[3])

        assert both == at[:4]
        assert recorder.positions_of(ids, ["Window.Opened.v1"], at[-1]) == at[3:5]
        assert recorder.positions_of([], ["Door.Opened.v1"], at[-1]) == []
        found = recorder.select_at([at[5], at[0], at[-1] + 1])
        assert positions(found) == [at[0], at[5]]
        assert found[0].originator_id == first[0].originator_id

    def test_many_streams_and_positions_are_found(self, recorder):
        streams = [stream_of(1) for _ in range(1100)]
        at = [position for events in streams for position in recorder.insert_events(events)]
        ids = [events[0].originator_id for events in streams]
        assert recorder.positions_of(ids, ["Door.Opened.v1"], at[-1]) == at
        assert positions(recorder.select_at(at)) == at

    def test_an_append_rings_the_bell(self, recorder):
        silent = recorder.appended.rings
        recorder.insert_events(stream_of(1))

        assert recorder.appended.rings > silent

    def test_what_another_recorder_wrote_is_there(self, recorder, another):
        given = another.insert_events(stream_of(2))

        assert positions(recorder.select_notifications(None, 10)) == [*given]
        assert recorder.max_notification_id() == given[-1]

    def test_of_two_recorders_that_write_the_same_version_one_conflicts(self, recorder, another):
        stream = uuid4()
        recorder.insert_events([stored(stream, 1, "Door.Opened.v1")])

        with pytest.raises(IntegrityError):
            another.insert_events([stored(stream, 1, "Gate.Opened.v1")])

        assert [event.topic for event in recorder.select_events(stream)] == ["Door.Opened.v1"]

    def test_who_reads_along_while_threads_append_misses_nothing(self, recorder, another):
        threads, saves = 4, 25
        appenders = [
            threading.Thread(target=self._append, args=(writer, saves))
            for writer in (recorder, another, recorder, another)
        ]
        for appender in appenders:
            appender.start()

        read: list[Notification] = []
        while len(read) < threads * saves * 2 and any(appender.is_alive() for appender in appenders):
            read += recorder.select_notifications(read[-1].id if read else 0, 7, inclusive_of_start=False)
        for appender in appenders:
            appender.join(PATIENCE)
        read += recorder.select_notifications(read[-1].id, threads * saves * 2, inclusive_of_start=False)

        assert read == recorder.select_notifications(None, threads * saves * 2 + 1)
        assert len(read) == threads * saves * 2

    @staticmethod
    def _append(recorder: LogRecorder, saves: int) -> None:
        for _ in range(saves):
            recorder.insert_events(stream_of(2))

    def test_a_subscription_yields_what_was_there_and_what_comes(self, recorder):
        earlier = recorder.insert_events(stream_of(2))

        with recorder.subscribe(gt=earlier[0]) as subscription:
            assert next(subscription).id == earlier[1]
            appending = threading.Timer(0.01, recorder.insert_events, [stream_of(1)])
            appending.start()
            assert next(subscription).id > earlier[1]
            appending.join()

    def test_a_subscription_hears_of_what_another_process_appends(self, recorder, another):
        with recorder.subscribe(topics=["Gate.Opened.v1"]) as subscription:
            appending = threading.Timer(0.01, another.insert_events, [stream_of(1, "Gate.Opened.v1")])
            another.insert_events(stream_of(1, "Door.Opened.v1"))
            appending.start()
            assert next(subscription).topic == "Gate.Opened.v1"
            appending.join()

    def test_a_subscription_ends_when_another_thread_stops_it(self, recorder):
        recorder.insert_events(stream_of(1))

        with recorder.subscribe() as subscription:
            stopping = threading.Timer(0.01, subscription.stop)
            stopping.start()
            assert len(list(subscription)) == 1
            stopping.join()

    def test_a_closed_recorder_says_that_it_is_closed(self, recorder):
        recorder.close()

        with pytest.raises(StoreUnavailable):
            recorder.insert_events(stream_of(1))
        with pytest.raises(StoreUnavailable):
            recorder.max_notification_id()
