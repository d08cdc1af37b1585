"""What audits come to, measured from the events themselves."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from events.check_run import CheckRunEnded, CheckRunPlanned
from events.check_shard import AuditFindingsRecorded
from events.event import Event
from events.follower import Following
from events.log import Recorded
from service.observing.metrics import Metrics

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


class MeasuredAudits:
    """A following that measures what the one within it has taken: how long checks take, and what they find.

    Only one following of all processes should be so measured, or an audit counts twice. Events up to `since`
    do not count: tables that are made anew take the whole of history once more.
    """

    def __init__(self, within: Following, metrics: Metrics, since: int) -> None:
        self.name = within.name
        self._within = within
        self._metrics = metrics
        self._since = since
        self._planned: dict[UUID, datetime] = {}
        """By stream, when the check runs were planned that have not ended."""

    def position(self) -> int:
        """How far the one within has come."""
        return self._within.position()

    def take(self, recorded: Sequence[Recorded], position: int) -> None:
        """Let the one within take the events, then measure those that are new."""
        self._within.take(recorded, position)
        for each in recorded:
            if each.position > self._since:
                self._since = each.position  # events may come again after a failure
                self._measure(each.event)

    def idle(self) -> None:
        """Let the one within look around."""
        self._within.idle()

    def _measure(self, event: Event) -> None:
        if isinstance(event, AuditFindingsRecorded):
            self._metrics.found(event.shard.check_name, event.severity, len(event.findings))
        elif isinstance(event, CheckRunPlanned):
            self._planned[event.originator_id] = event.timestamp
        elif isinstance(event, CheckRunEnded):
            planned_at = self._planned.pop(event.originator_id, None)
            if planned_at is not None:
                seconds = (event.timestamp - planned_at).total_seconds()
                self._metrics.check_ended(event.check_name, event.outcome.status, max(0.0, seconds))
