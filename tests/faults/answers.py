"""What was asked of the cluster while it was besieged, and what came of it."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """What the caller knows afterwards."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    """By a rule: 4xx. Nothing happened."""
    FAILED = "failed"
    """The service said that it can't now: 5xx."""
    UNANSWERED = "unanswered"
    """The connection could not be made, or was lost."""


@dataclass(frozen=True)
class Answer:
    """One request."""

    marker: str
    """The access key that it was signed with, like no other's: what the log has as the actor of its events."""
    operation: str
    asked: Mapping[str, Any]
    outcome: Outcome
    seconds: float
    error: str = ""
    """The error's name."""
    body: Mapping[str, Any] = field(default_factory=dict)


class Answers:
    """All of them. Threads may share it."""

    def __init__(self) -> None:
        self._all: list[Answer] = []
        self._accepted = 0
        self._more = threading.Condition()

    def add(self, answer: Answer) -> None:
        with self._more:
            self._all.append(answer)
            self._accepted += answer.outcome is Outcome.ACCEPTED
            self._more.notify_all()

    def all(self) -> Sequence[Answer]:
        with self._more:
            return list(self._all)

    def wait_for_accepted(self, number: int, longest: float) -> None:
        """Wait until so many more requests were accepted, for a bounded time (seconds)."""
        with self._more:
            enough = self._accepted + number
            self._more.wait_for(lambda: self._accepted >= enough, longest)
