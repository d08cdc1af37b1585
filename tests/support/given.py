"""Given events, when a command, then events: the sentence in which every decision is tested."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, Self, TypeVar
from uuid import NAMESPACE_URL, uuid5

from events.event import Aggregate, Cause, Event
from events.vocabulary import AccountId

A = TypeVar("A", bound=Aggregate)

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
ACCOUNT = AccountId("000000000000")
CAUSE = Cause(account=ACCOUNT, time=NOON, actor="AKIDEXAMPLE", request_id="request-1")
CARRIED_BY_EVERY_EVENT = {
    "originator_id",
    "originator_version",
    "timestamp",
    "account",
    "actor",
    "request_id",
    "causation_id",
}


@dataclass(frozen=True)
class Fact:
    """An event without what every event carries: `Fact(AuditChecksEnabled, check_names=[...])`."""

    event_class: type[Event]
    facts: dict[str, Any]


def fact(event_class: type[Event], **facts: Any) -> Fact:
    """Name an event that has happened, or that must happen."""
    return Fact(event_class, facts)


class Given(Generic[A]):
    """An aggregate to which something has happened."""

    def __init__(self, kind: type[A], *facts: Fact) -> None:
        self.aggregate = kind.unwritten(uuid5(NAMESPACE_URL, "given"))
        self.refusal: Exception | None = None
        for each in facts:
            self.aggregate.trigger(each.event_class, CAUSE, **each.facts)
        self.aggregate.collect_events()

    def when(self, command: Callable[[A], object]) -> Self:
        """Give the command."""
        try:
            command(self.aggregate)
        except Exception as refusal:  # noqa: BLE001 - `then` raises it again unless the test expects it
            self.refusal = refusal
        return self

    def then(self, *expected: Fact) -> None:
        """Exactly these events must have happened, each bearing its cause."""
        if self.refusal is not None:
            raise self.refusal
        happened = self.aggregate.collect_events()
        assert [_as_fact(event) for event in happened] == list(expected)
        assert all(_cause_of(event) == CAUSE for event in happened)

    def then_nothing(self) -> None:
        """No event must have happened."""
        self.then()

    def then_refused(self, refusal: type[Exception], mentioning: str) -> None:
        """The command must have been refused with a text that names what is wrong, and changed nothing."""
        assert type(self.refusal) is refusal, self.refusal
        assert mentioning in str(self.refusal)
        assert not self.aggregate.collect_events()


def _as_fact(event: Any) -> Fact:
    return Fact(
        type(event), {name: value for name, value in vars(event).items() if name not in CARRIED_BY_EVERY_EVENT}
    )


def _cause_of(event: Any) -> Cause:
    return Cause(event.account, event.timestamp, event.actor, event.request_id, event.causation_id)
