"""What every recorder of the log promises of streams that are archived and removed."""

from uuid import uuid4

import pytest

from events.log import EventAsStored, LogRecorder
from tests.contract.log_recorder_contract import RECORDED_AT, positions, stored, stream_of, versions


class LogRemovalContract:
    @pytest.fixture
    def recorder(self) -> LogRecorder:
        raise AssertionError("a test class gives its recorder")

    @pytest.fixture
    def another(self) -> LogRecorder:
        raise AssertionError("a test class gives another recorder over the same store")

    def test_a_stream_is_read_as_it_is_stored(self, recorder):
        stream = uuid4()
        recorder.insert_events(stream_of(1))
        events = [stored(stream, version, "Nobody.KnowsThis.v1", bytes([version])) for version in (1, 2)]
        given = recorder.insert_events(events)

        assert recorder.as_stored(stream) == [
            EventAsStored(
                position,
                stream,
                each.originator_version,
                each.topic,
                each.state,
                each.account_id,
                each.recorded_at,
                each.event_id,
            )
            for position, each in zip(given, events, strict=True)
        ]
        assert recorder.as_stored(uuid4()) == []

    def test_streams_are_removed_and_the_others_stay(self, recorder, another):
        gone = [stream_of(3), stream_of(2)]
        first = recorder.insert_events(gone[0])
        kept = recorder.insert_events(stays := stream_of(2))
        recorder.insert_events(gone[1])
        last = recorder.insert_events(stream_of(1))

        assert another.remove([events[0].originator_id for events in gone]) == 5
        assert another.remove([gone[0][0].originator_id]) == another.remove([]) == 0

        assert recorder.select_events(gone[0][0].originator_id) == []
        assert versions(recorder.select_events(stays[0].originator_id)) == [1, 2]
        assert positions(recorder.select_notifications(first[0], 10)) == [*kept, *last]
        assert recorder.max_notification_id() == last[0]
        assert recorder.recorded_after(first[0]) == RECORDED_AT

    def test_the_position_of_what_was_removed_is_never_given_again(self, recorder):
        [first] = recorder.insert_events(events := stream_of(1))
        recorder.remove([events[0].originator_id])

        assert recorder.insert_events(stream_of(1))[0] > first

    def test_a_subscription_goes_on_beyond_what_was_removed(self, recorder):
        before = recorder.insert_events(stream_of(1))
        recorder.insert_events(gone := stream_of(3))
        recorder.remove([gone[0].originator_id])
        after = recorder.insert_events(stream_of(1))

        with recorder.subscribe() as subscription:
            assert [next(subscription).id, next(subscription).id] == [*before, *after]
