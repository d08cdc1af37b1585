"""Looking at an aggregate without giving it a command."""

from collections.abc import Iterable
from typing import TypeVar
from uuid import UUID

from events.event import Aggregate, Event

A = TypeVar("A", bound=Aggregate)


def fold(kind: type[A], stream_id: UUID, events: Iterable[Event]) -> A:
    """The aggregate that these events, the first of its stream, have made; at version 0 when there are none."""
    aggregate = kind.unwritten(stream_id)
    catch_up(aggregate, events)
    return aggregate


def catch_up(aggregate: Aggregate, events: Iterable[Event]) -> None:
    """Let the aggregate know what has happened in its stream since its version."""
    for event in events:
        event.mutate(aggregate)
