"""What audits came to, and what of that is still to be announced: looked up in the stores at each scrape."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from events.errors import StoreUnavailable
from projections.check_results import CheckResult

logger = logging.getLogger(__name__)

LABELS = ("AccountId", "CheckName", "ScheduledAuditName")
"""As AWS's metrics have them, which are in the account's own CloudWatch."""


@dataclass(frozen=True, eq=False)
class CheckResultMetrics(Collector):
    """How many resources each check evaluated and found non-compliant last time, by schedule.

    As AWS reports them after each audit. As many series of an account as checks times schedules, of which there
    are at most five, and one: a name of a schedule is what a caller made up, but there is no more of it than that.
    """

    results: Callable[[], Iterable[CheckResult]]

    def collect(self) -> Iterable[Metric]:
        """Look the results up."""
        non_compliant = GaugeMetricFamily(
            "fleet_audit_non_compliant_resources", "Resources that a check found non-compliant.", labels=LABELS
        )
        evaluated = GaugeMetricFamily(
            "fleet_audit_resources_evaluated", "Resources that a check examined.", labels=LABELS
        )
        ended = GaugeMetricFamily(
            "fleet_audit_check_ended_timestamp_seconds", "When the check was done that was last.", labels=LABELS
        )
        try:
            for result in self.results():
                labels = [result.account, result.check_name, result.scheduled_audit_name]
                non_compliant.add_metric(labels, result.non_compliant_resources)
                evaluated.add_metric(labels, result.resources_evaluated)
                ended.add_metric(labels, result.ended_at / 1000)
        except StoreUnavailable as error:
            logger.warning("What audits came to is not known: %s", error)
        return [non_compliant, evaluated, ended]


@dataclass(frozen=True, eq=False)
class PendingNotificationMetrics(Collector):
    """How many announcements of audits' ends are to be sent, or sent again."""

    counts: Callable[[], Mapping[str, int]]
    """By channel; none is named of which nothing is."""
    channels: Iterable[str]

    def collect(self) -> Iterable[Metric]:
        """Count them."""
        pending = GaugeMetricFamily(
            "fleet_audit_notifications_pending", "Notifications that are to be sent still.", labels=["channel"]
        )
        try:
            counts = self.counts()
            for channel in self.channels:
                pending.add_metric([channel], counts.get(channel, 0))
        except StoreUnavailable as error:
            logger.warning("How many notifications are pending is not known: %s", error)
        return [pending]
