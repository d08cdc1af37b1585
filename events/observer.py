"""Who wants to know how the committer fares. What is measured of that, and how, is not decided here."""

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any, Protocol

from events.errors import Refusal
from events.event import Event


class CommitObserver(Protocol):
    """Is told of every command and every append, on a thread of the log. It must be quick and must not raise."""

    def commanded(self, command: str, outcome: str) -> None:
        """A command is over. Its name is that of its method of `Application`; its outcome one of `outcome_of`."""
        ...

    def appended(self, events: Sequence[Event], seconds: float) -> None:
        """A group of events is in the log, all in one write."""
        ...

    def not_appended(self, error: BaseException) -> None:
        """The log did not take a group of events."""
        ...


class NoObserver:
    """Nobody wants to know."""

    def commanded(self, command: str, outcome: str) -> None:
        """Do nothing."""

    def appended(self, events: Sequence[Event], seconds: float) -> None:
        """Do nothing."""

    def not_appended(self, error: BaseException) -> None:
        """Do nothing."""


def outcome_of(command: Future[Any]) -> str:
    """What became of a command: `accepted`, `refused` by a rule, `failed`, or `abandoned` by who gave it."""
    if command.cancelled():
        return "abandoned"
    error = command.exception()
    if error is None:
        return "accepted"
    return "refused" if isinstance(error, Refusal) else "failed"


def name_of(decide: Any) -> str:
    """The name of the method that made a decision: a function within it, or a partial of a function beside it."""
    function = getattr(decide, "func", decide)
    made_in: str = function.__qualname__.partition(".<locals>")[0]
    return made_in.rpartition(".")[2].lstrip("_")
