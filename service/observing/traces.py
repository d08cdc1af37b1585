"""Where spans go, if anywhere. `service/observing/otlp.py` sends them; else nothing of OpenTelemetry is loaded.

The trace of a request has its id, so that whoever knows the request can add to its trace: an event carries the id
of the request that began it all, and so an actor finds the trace in the log, however often its message was sent.
"""

from collections.abc import Sequence
from typing import Protocol

from events.event import Event


class Traces(Protocol):
    """Takes spans that are over. Times are nanoseconds since 1970. Quick, from any thread, and never raises."""

    def answered(
        self, operation: str, method: str, status: int, request_id: str, times: tuple[int, int], caller: str
    ) -> None:
        """A request has its answer. `caller` is its `traceparent` header, or empty."""
        ...

    def appended(self, events: Sequence[Event], times: tuple[int, int]) -> None:
        """A group of events, of any number of requests, is in the log."""
        ...

    def worked(self, actor: str, outcome: str, task_id: str, follows: Event, times: tuple[int, int]) -> None:
        """An actor is done with work for an audit that follows from an event."""
        ...
