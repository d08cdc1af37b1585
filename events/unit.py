"""The aggregates that decisions are made on, each in memory once."""

from collections import OrderedDict
from copy import deepcopy
from typing import TypeVar, cast
from uuid import UUID

from events.event import Aggregate, Event
from events.log import EventLog
from events.reading import catch_up

A = TypeVar("A", bound=Aggregate)

CAPACITY = 1000
"""Aggregates kept between commands. Most have a few events; an account's is the one that is worth keeping."""


LONG = 50
"""Events of a stream from which on it is worth a copy not to read it all again after a conflict."""


class RecentAggregates:
    """Keeps recently used aggregates, and reads what other processes have appended to their streams since."""

    def __init__(self, log: EventLog, capacity: int = CAPACITY) -> None:
        self._log = log
        self._capacity = capacity
        self._aggregates: OrderedDict[UUID, Aggregate] = OrderedDict()
        self._up_to_date: set[UUID] = set()
        self._settled: dict[UUID, Aggregate] = {}
        """Copies, without anything undecided, of those that other processes append to as well."""

    def get(self, kind: type[A], stream_id: UUID) -> A:
        """Return the one aggregate of the stream; at version 0 if it has no events."""
        aggregate = cast("A | None", self._aggregates.get(stream_id))
        if aggregate is None or stream_id not in self._up_to_date:
            aggregate = self._brought_up_to_date(aggregate or kind.unwritten(stream_id))
        self._aggregates.move_to_end(stream_id)
        return aggregate

    def _brought_up_to_date(self, aggregate: A) -> A:
        of_others = self._log.stream(aggregate.id, aggregate.version)
        catch_up(aggregate, of_others)
        if of_others and aggregate.version >= LONG:
            self._settled[aggregate.id] = deepcopy(aggregate)
        self._aggregates[aggregate.id] = aggregate
        self._up_to_date.add(aggregate.id)
        return aggregate

    def doubt(self) -> None:
        """Another process has appended: look into every stream before its aggregate decides again."""
        self._up_to_date.clear()

    def forget(self, stream_id: UUID) -> None:
        """Drop an aggregate that has taken events which the log has not, back to what it had last read."""
        self._aggregates.pop(stream_id, None)
        self._up_to_date.discard(stream_id)
        settled = self._settled.pop(stream_id, None)
        if settled is not None:
            self._aggregates[stream_id] = settled

    def trim(self) -> None:
        """Drop what was not used for longest. Not while decisions are open, which must see each other's events."""
        while len(self._aggregates) > self._capacity:
            stream_id, _ = self._aggregates.popitem(last=False)
            self._up_to_date.discard(stream_id)
            self._settled.pop(stream_id, None)


class Unit:
    """What one command's decision may ask for and change."""

    def __init__(self, aggregates: RecentAggregates) -> None:
        self._aggregates = aggregates
        self.used: dict[UUID, Aggregate] = {}

    def get(self, kind: type[A], stream_id: UUID) -> A:
        """Return the aggregate of a stream, always the same one; at version 0 if the stream has no events."""
        aggregate = self._aggregates.get(kind, stream_id)
        self.used[stream_id] = aggregate
        return aggregate

    def collect(self) -> list[Event]:
        """Take what has been decided: each aggregate's events in order, in the order of first use."""
        return [cast("Event", event) for aggregate in self.used.values() for event in aggregate.collect_events()]
