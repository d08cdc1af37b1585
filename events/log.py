"""The log: every event of every account, in one order; for ever, but for what was archived.

Here the words of Fleet Audit meet the interfaces of the `eventsourcing` library, its Mapper and its Recorder.
"""

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from eventsourcing.persistence import ApplicationRecorder, IntegrityError, Notification

from events.bell import Bell
from events.codec import EventMapper, require_save_within_limits
from events.errors import LogUnavailable, StoreUnavailable, StreamConflict
from events.event import Event
from events.recent_events import Batch, RecentEvents, Weighed

BATCH = 500
"""Events that are read at once. A transaction of 500 events carries 30 times as many a second as one for each."""

ENOUGH_AT_ONCE = 256 * 1024
"""Stored bytes after which a batch of events ends. Findings unpack to about ten times that: some thousands."""


@dataclass(frozen=True)
class Recorded:
    """An event and its place in the log."""

    position: int
    """Greater than that of every event before it. Positions may have gaps."""
    event: Event


@dataclass(frozen=True)
class EventAsStored:
    """An event as it lies in the log, byte for byte, with its place and the columns of an operator."""

    position: int
    stream: UUID
    version: int
    topic: str
    state: bytes
    account_id: str
    recorded_at: int
    """Epoch milliseconds."""
    event_id: UUID


class LogRecorder(ApplicationRecorder):
    """The library's recorder, and what a log needs besides.

    Events become visible in the order of their positions: who has read up to a position has missed nothing before
    it. `tests/contract/log_recorder_contract.py` says so to every implementation.
    """

    appended: Bell
    """Rings after each append of this process."""

    @abstractmethod
    def recorded_after(self, position: int) -> int | None:
        """Return when the first event after a position was recorded, in epoch milliseconds; None without one.

        Known also of an event that can't be read.
        """

    @abstractmethod
    def positions_of(self, streams: Sequence[UUID], topics: Sequence[str], up_to: int) -> list[int]:
        """Return where in the log the events of some streams and topics are, up to a position, in order."""

    @abstractmethod
    def select_at(self, positions: Sequence[int]) -> Sequence[Notification]:
        """Return the events at these positions, in the log's order, without those that are not there."""

    @abstractmethod
    def require_appendable(self) -> None:
        """Raise StoreUnavailable if an event could not be appended now. Records nothing, whatever it finds."""

    @abstractmethod
    def as_stored(self, stream: UUID) -> list[EventAsStored]:
        """Return a whole stream in its order, also events that can't be read."""

    @abstractmethod
    def remove(self, streams: Sequence[UUID]) -> int:
        """Remove whole streams in one transaction, durably, and return how many events that were.

        For streams that were archived (`workers/retention/`), and for nothing else. Their positions are never
        given again. Nobody is told: a follower that was yet to read them never will.
        """

    @abstractmethod
    def close(self) -> None:
        """Release what the recorder holds. Calls after it fail."""


class EventLog:
    """Appends events and reads them, by stream or in the order of the log. Threads may share one."""

    def __init__(self, mapper: EventMapper, recorder: LogRecorder) -> None:
        self._mapper = mapper
        self._recorder = recorder
        self.appended = recorder.appended
        self._recent = RecentEvents(self._next, self.appended, most=BATCH, most_bytes=ENOUGH_AT_ONCE)

    def append(self, events: Sequence[Event]) -> list[int]:
        """Append all of the events or none, and return their positions.

        Raise StreamConflict if one of the streams has an event of that version already, EventTooLarge if an event
        or the whole is too large, UnwritableEvent for an event that would not read back as it is, LogUnavailable
        if the log can't be written to.
        """
        stored = [self._mapper.to_stored_event(event) for event in events]
        require_save_within_limits(stored)
        try:
            return list(self._recorder.insert_events(stored) or ())
        except IntegrityError as error:
            raise StreamConflict(str(error)) from error
        except StoreUnavailable as error:
            raise LogUnavailable(str(error)) from error

    def stream(self, stream_id: UUID, after_version: int = 0) -> list[Event]:
        """Return the events of a stream that come after a version, in order."""
        stored = self._recorder.select_events(stream_id, gt=after_version)
        return [self._mapper.to_domain_event(each) for each in stored]

    def after(self, position: int, limit: int = BATCH) -> list[Recorded]:
        """Return the next events after a position, in order: at most `limit`, and at least one if there is one.

        Fewer where they are large, so that a batch of events full of findings takes a bounded time and memory.
        """
        return [each.recorded for each in self._next(position, limit)[0]]

    def batch_after(self, position: int) -> Batch:
        """Return what `after` does, for followers: those that go side by side have each event read once."""
        return self._recent.after(position, BATCH)

    def _next(self, position: int, limit: int = BATCH) -> tuple[list[Weighed], bool]:
        """The next events, and whether there were no more."""
        found = self._recorder.select_notifications(position, limit, inclusive_of_start=False)
        events: list[Weighed] = []
        stored_bytes = 0
        for each in found:
            events.append(Weighed(Recorded(each.id, self._mapper.to_domain_event(each)), len(each.state)))
            stored_bytes += len(each.state)
            if stored_bytes >= ENOUGH_AT_ONCE:
                break
        return events, len(events) == len(found) < limit

    def last_position(self) -> int:
        """Return the position of the last event, 0 when there is none."""
        return self._recorder.max_notification_id() or 0

    def recorded_after(self, position: int) -> int | None:
        """Return when the first event after a position was recorded, in epoch milliseconds; None without one."""
        return self._recorder.recorded_after(position)

    def positions_of(self, streams: Sequence[UUID], classes: Iterable[type[Event]], up_to: int) -> list[int]:
        """Return where in the log the events of some streams and classes are, up to a position, in order."""
        return self._recorder.positions_of(streams, self._mapper.topics_of(classes), up_to)

    def at(self, positions: Sequence[int]) -> list[Recorded]:
        """Return the events at these positions, in the log's order, without those that have left it."""
        found = self._recorder.select_at(positions)
        return [Recorded(each.id, self._mapper.to_domain_event(each)) for each in found]

    def position_at(self, moment: int) -> int:
        """Return how far the log had come at a moment (epoch milliseconds): 0 before its first event.

        The events of that millisecond are there. Where hosts' clocks differ, times do not quite go up; then it is
        a place at which they pass the moment, and the same one whenever it is asked for.
        """
        position = 0
        for bit in reversed(range(self.last_position().bit_length())):
            beyond = position | 1 << bit
            recorded_at = self._recorder.recorded_after(beyond - 1)
            if recorded_at is not None and recorded_at <= moment:
                position = beyond
        return position

    def require_appendable(self) -> None:
        """Raise StoreUnavailable if an event could not be appended now. Nothing is appended."""
        self._recorder.require_appendable()

    def as_stored(self, stream_id: UUID) -> list[EventAsStored]:
        """Return a whole stream in its order, byte for byte."""
        return self._recorder.as_stored(stream_id)

    def remove(self, stream_ids: Sequence[UUID]) -> int:
        """Remove whole streams that were archived, in one transaction; return how many events that were.

        The last event of the log must not be among them: where the log ends would look as if it had gone back.
        """
        return self._recorder.remove(stream_ids)

    def close(self) -> None:
        """Close the log. Calls after it fail."""
        self._recorder.close()
