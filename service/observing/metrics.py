"""What is counted and timed, in a registry of the process's own.

No label holds what a caller could make up: operations, commands, actors, checks and outcomes are names of the
code. What each metric means for an operator stands in docs/operations.md.
"""

from functools import cache

from prometheus_client import CollectorRegistry, Counter, Histogram

from events.audit_notification import NotificationChannel
from events.errors import StreamConflict
from events.vocabulary import CheckName, CheckRunStatus, Severity
from workers.inventory.importers.import_report import ImportReport

UNKNOWN = "unknown"
"""The operation of every request that no route takes."""

REQUEST_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0)
APPEND_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)
APPEND_EVENTS = (1, 2, 5, 10, 25, 50, 100, 250, 1_000, 10_000)
WORK_SECONDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 240.0)
CHECK_SECONDS = (0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3_600.0, 14_400.0)
NOTIFICATION_SECONDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)
FETCH_SECONDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)


class Metrics:
    """The metrics of one process. Methods may be called from any thread, and take a few microseconds.

    The child of each combination of labels is cached here: to look it up in the library takes as long again.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        timed, counted = self._timed, self._counted
        self._requests = cache(
            timed("request", "Answering a request.", REQUEST_SECONDS, "operation", "status").labels
        )
        self._commands = cache(
            counted("commands", "Commands, by what became of them.", "command", "outcome").labels
        )
        self._throttled = counted("throttled_requests", "Requests refused as too many.", "operation")
        self._not_throttled = counted("unthrottled_requests", "Requests let in since Redis did not answer.")
        self._appends = timed("append", "Writing a group of events to the log.", APPEND_SECONDS)
        self._append_events = Histogram(
            "fleet_audit_append_events",
            "Events in a group that was written to the log.",
            buckets=APPEND_EVENTS,
            registry=self.registry,
        )
        self._append_failures = counted("append_failures", "Groups that the log did not take.", "reason")
        self._work = timed("actor", "What an actor does with one message.", WORK_SECONDS, "actor", "outcome")
        self._checks = timed("check", "A check of an audit, plan to end.", CHECK_SECONDS, "check", "status")
        self._findings = counted("findings", "Findings recorded.", "check", "severity")
        self._fetches = timed(
            "revocation_fetch", "Fetching a revocation list or an issuer's certificate.", FETCH_SECONDS, "outcome"
        )
        self._notifications = timed(
            "notification", "An attempt to announce an audit's end.", NOTIFICATION_SECONDS, "channel", "outcome"
        )
        self._given_up = counted("notifications_given_up", "Ends of audits not announced after hours.", "channel")
        for channel in NotificationChannel:
            self._given_up.labels(channel.value)  # there before it counts, so that an increase is seen
        self._pruned = counted(
            "pruned_rows", "Rows that were removed since they are older than the retention.", "kind"
        )
        self._imports = counted("imports", "Imports into the inventory.", "outcome")
        self._records = counted("imported_records", "Records of imports that were published.", "result")

    def answered(self, operation: str, status: int, seconds: float) -> None:
        """A request of an operation, or of `UNKNOWN`, has its answer."""
        self._requests(operation, str(status)).observe(seconds)

    def throttled(self, operation: str) -> None:
        """A request was refused since there are too many of its operation."""
        self._throttled.labels(operation).inc()

    def not_throttled(self) -> None:
        """A request was let in since what counts requests did not answer."""
        self._not_throttled.inc()

    def commanded(self, command: str, outcome: str) -> None:
        """A command is over; the outcome is one of `events.observer.outcome_of`."""
        self._commands(command, outcome).inc()

    def appended(self, events: int, seconds: float) -> None:
        """So many events are in the log, in one write."""
        self._appends.observe(seconds)
        self._append_events.observe(events)

    def not_appended(self, error: BaseException) -> None:
        """The log did not take a group of events."""
        self._append_failures.labels("conflict" if isinstance(error, StreamConflict) else "failure").inc()

    def worked(self, actor: str, outcome: str, seconds: float) -> None:
        """An actor is done with a message, or has failed on it."""
        self._work.labels(actor, outcome).observe(seconds)

    def check_ended(self, check_name: CheckName, status: CheckRunStatus, seconds: float) -> None:
        """A check that had been planned has ended."""
        self._checks.labels(check_name, status.value).observe(seconds)

    def found(self, check_name: CheckName, severity: Severity, findings: int) -> None:
        """Findings are in the log."""
        self._findings.labels(check_name, severity.value).inc(findings)

    def fetched(self, outcome: str, seconds: float) -> None:
        """A server has answered, or has not."""
        self._fetches.labels(outcome).observe(seconds)

    def notified(self, channel: str, outcome: str, seconds: float) -> None:
        """An attempt to announce an audit's end is over: `delivered` or `failed`."""
        self._notifications.labels(channel, outcome).observe(seconds)

    def notification_given_up(self, channel: str) -> None:
        """No more attempts are made to announce an audit's end."""
        self._given_up.labels(channel).inc()

    def pruned(self, kind: str, rows: int) -> None:
        """Rows have been removed as too old; the kind is a name of the code."""
        self._pruned.labels(kind).inc(rows)

    def imported(self, report: ImportReport) -> None:
        """An import has been published."""
        self._imports.labels("published").inc()
        for result in ("added", "changed", "unchanged", "removed", "rejected"):
            self._records.labels(result).inc(getattr(report, result))

    def not_imported(self) -> None:
        """An import was refused or broke off."""
        self._imports.labels("failed").inc()

    def _timed(self, name: str, meaning: str, seconds: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(f"fleet_audit_{name}_seconds", meaning, labels, buckets=seconds, registry=self.registry)

    def _counted(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(f"fleet_audit_{name}", meaning, labels, registry=self.registry)
