"""What is noted of commits and of actors' work: its time, a line of the latter, a span when traces are wanted."""

import logging
from collections.abc import Sequence
from time import time_ns

from events.at_hand import EVENT, TASK_ID
from events.event import Event
from service.observing.metrics import Metrics
from service.observing.traces import Traces

logger = logging.getLogger("service.work")


class WorkObserver:
    """Is told of commands and appends (`events/observer.py`), and of actors (`workers/observer.py`)."""

    def __init__(self, metrics: Metrics, traces: Traces | None = None) -> None:
        self._metrics = metrics
        self._traces = traces

    def commanded(self, command: str, outcome: str) -> None:
        """A command is over."""
        self._metrics.commanded(command, outcome)

    def appended(self, events: Sequence[Event], seconds: float) -> None:
        """A group of events is in the log."""
        self._metrics.appended(len(events), seconds)
        if self._traces is not None:
            self._traces.appended(events, until_now(seconds))

    def not_appended(self, error: BaseException) -> None:
        """The log did not take a group of events."""
        self._metrics.not_appended(error)

    def worked(self, actor: str, outcome: str, seconds: float) -> None:
        """An actor is done with a message. A message for which nothing was left to do is in no trace."""
        self._metrics.worked(actor, outcome, seconds)
        if logger.isEnabledFor(logging.INFO):
            fields = {"actor": actor, "outcome": outcome, "seconds": round(seconds, 6)}
            logger.info("%s %s", actor, outcome, extra={"fields": fields})
        follows = EVENT.get()
        if self._traces is not None and follows is not None:
            self._traces.worked(actor, outcome, TASK_ID.get(), follows, until_now(seconds))


def until_now(seconds: float) -> tuple[int, int]:
    """When something began and ended that took so long and is just over: nanoseconds since 1970."""
    end = time_ns()
    return end - round(seconds * 1_000_000_000), end
