"""What is looked up when somebody asks: how far behind the followers are, and how much work waits.

It is looked up in the stores and not told by the threads concerned, so that one which is stuck, or gone with its
process, shows all the same. A store that can't be read leaves its metrics out; `/health/ready` says so in words.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from events.clock import Clock, epoch_milliseconds
from events.errors import StoreUnavailable
from events.log import EventLog

logger = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class FollowerLag(Collector):
    """How far each follower of the log is behind, in events and in seconds."""

    log: EventLog
    positions: Mapping[str, Callable[[], int]]
    """For each follower, the question up to which position everything is done, as its store has it."""
    clock: Clock

    def collect(self) -> Iterable[Metric]:
        """Look at the log's end, at each position, and at the age of the oldest event after it."""
        events = GaugeMetricFamily(
            "fleet_audit_follower_lag_events", "Events that are not followed yet, at most.", labels=["follower"]
        )
        seconds = GaugeMetricFamily(
            "fleet_audit_follower_lag_seconds",
            "Age of the oldest event that is not followed yet; 0 when there is none.",
            labels=["follower"],
        )
        for name, position_of in self.positions.items():
            try:
                position = max(0, position_of())
                behind = max(0, self.log.last_position() - position)
                age = self._age_of_next(position)
            except StoreUnavailable as error:
                logger.warning("The lag of the follower %s is not known: %s", name, error)
                continue
            events.add_metric([name], behind)
            seconds.add_metric([name], age)
        return [events, seconds]

    def _age_of_next(self, position: int) -> float:
        recorded_at = self.log.recorded_after(position)
        if recorded_at is None:
            return 0.0
        return max(0, epoch_milliseconds(self.clock.now()) - recorded_at) / 1000


@dataclass(frozen=True, eq=False)
class QueueDepths(Collector):
    """How much work the log wants, by the queue that it goes through."""

    depths: Callable[[], Mapping[tuple[str, str], int]]
    """By queue and state, as `workers.queue_depths` counts them."""

    def collect(self) -> Iterable[Metric]:
        """Count what waits and what is with the workers."""
        items = GaugeMetricFamily(
            "fleet_audit_work_items",
            "Pieces of work not done yet: wanted and not sent, or sent to the workers.",
            labels=["queue", "state"],
        )
        try:
            for (queue, state), count in self.depths().items():
                items.add_metric([queue, state], count)
        except StoreUnavailable as error:
            logger.warning("The depth of the queues is not known: %s", error)
        return [items]
