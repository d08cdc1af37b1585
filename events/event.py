"""What every event carries, and how an aggregate is folded from its events."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, Self
from uuid import UUID, uuid5

from eventsourcing.domain import Aggregate as LibraryAggregate
from eventsourcing.domain import AggregateEvent

from events.vocabulary import AccountId


@dataclass(frozen=True)
class Cause:
    """Who asked for a command, when, and on whose behalf it was carried out."""

    account: AccountId
    time: datetime
    """From the injected clock; it becomes the events' timestamp."""
    actor: str
    """An access key id, or `dispatcher`, `worker`, ..."""
    request_id: str
    """The HTTP request that began it all."""
    causation_id: str = ""
    """The event that this command follows from; empty when a request asked for it directly."""


class Event(AggregateEvent):
    """A fact. `TOPIC` names it in the log for ever; a class may move, a topic may not."""

    TOPIC: ClassVar[str]

    account: AccountId
    actor: str
    request_id: str
    causation_id: str

    @property
    def event_id(self) -> UUID:
        """The event's own id, derived from its place: stream and version."""
        return uuid5(self.originator_id, str(self.originator_version))

    def followed_by(self, actor: str, time: datetime) -> Cause:
        """The cause of a command that `actor` gives because of this event."""
        return Cause(self.account, time, actor, self.request_id, str(self.event_id))


class Aggregate(LibraryAggregate):
    """Decides commands and is folded from its own events.

    A stream without events is an aggregate at version 0. So there is no creation event that would have to
    name a Python class, and every decision is one method, whether or not the stream has begun.
    """

    @classmethod
    def unwritten(cls, stream_id: UUID) -> Self:
        """The aggregate of a stream that has no events yet."""
        aggregate = cls.__new__(cls)
        aggregate.__base_init__(stream_id, 0, datetime.min.replace(tzinfo=UTC))
        aggregate.begin()
        return aggregate

    def begin(self) -> None:
        """Set the state that the aggregate has before its first event."""

    def trigger(self, event_class: type[Event], cause: Cause, **facts: Any) -> None:
        """Note what has been decided: build the event, apply it, keep it until the save."""
        self.trigger_event(
            event_class,
            timestamp=cause.time,
            account=cause.account,
            actor=cause.actor,
            request_id=cause.request_id,
            causation_id=cause.causation_id,
            **facts,
        )
