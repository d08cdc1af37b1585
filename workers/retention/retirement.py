"""Takes audits whose time is over out of the log, after they were archived.

What is done is told by the log alone, so that it may be broken off at any instant and two may do it at once. An
audit's streams never change any more. Before its summary is in the log they are all there, and are archived. After
it, the archive is whole, and they are removed, the audit's own stream last: that is how the rest is found.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from uuid import UUID

from events.archives import Archives
from events.audit_archive import ArchiveSummary, AuditTaskArchived
from events.clock import Clock
from events.errors import LogUnavailable, StreamConflict
from events.event import Cause
from events.identifiers import audit_archive_id, audit_task_id, check_run_id, check_shard_id
from events.log import EventAsStored, EventLog
from events.vocabulary import CheckName
from workers.retention.archive import archive_name, write_archive
from workers.retention.kept_audits import EndedAudit

RECORDING = 30.0
"""Seconds in which the committer has to have recorded a summary."""

STREAMS_A_TRANSACTION = 10
"""Shards of 10,000 resources have some tens of large events at most."""

ACTOR = "retention"


class Retirement:
    """Archives audits and removes their events from the log."""

    def __init__(
        self,
        log: EventLog,
        archives: Archives,
        directory: Path,
        clock: Clock,
        pruned: Callable[[str, int], None],
        chained_to: Callable[[], int],
    ) -> None:
        """Archives lie below `directory`. `chained_to` tells up to which position events are in the chain."""
        self._log = log
        self._archives = archives
        self._directory = directory
        self._clock = clock
        self._pruned = pruned
        self._chained_to = chained_to

    def retire(self, audit: EndedAudit) -> Iterator[None]:
        """Archive an audit and remove it, a transaction a step. StoreUnavailable means: later."""
        summary = self._summary(audit) or self._archive(audit)
        yield
        if self._chained_to() < summary.last_position:
            raise LogUnavailable(
                "An archived audit is removed from the log once it is in the chain, and it is not yet."
            )
        first, *others = streams_of(audit, summary)
        for at in range(0, len(others), STREAMS_A_TRANSACTION):
            self._remove(others[at : at + STREAMS_A_TRANSACTION])
            yield
        self._remove([first])
        yield

    def _archive(self, audit: EndedAudit) -> ArchiveSummary:
        """Archive an audit that is in the log as a whole, unless another process was faster."""
        written = write_archive(
            self._directory,
            archive_name(audit.account, audit.task_id),
            self._streams(audit),
            is_whole=lambda: self._summary(audit) is None,
        )
        if written is not None:
            summary = ArchiveSummary(
                written.file_name,
                written.sha256,
                written.events,
                written.first_position,
                written.last_position,
                dict(audit.checks),
            )
            cause = Cause(audit.account, self._clock.now(), ACTOR, request_id="")
            try:
                self._archives.record_audit_archive(audit.task_id, summary, cause).result(RECORDING)
            except (TimeoutError, StreamConflict) as error:
                raise LogUnavailable("That an audit was archived could not be recorded yet.") from error
        recorded = self._summary(audit)
        if recorded is None:
            raise LogUnavailable("That an audit was archived is not in the log yet.")
        return recorded

    def _summary(self, audit: EndedAudit) -> ArchiveSummary | None:
        found = self._log.stream(audit_archive_id(audit.account, audit.task_id))
        return next((event.summary for event in found if isinstance(event, AuditTaskArchived)), None)

    def _streams(self, audit: EndedAudit) -> Iterator[list[EventAsStored]]:
        return (self._log.as_stored(stream) for stream in _streams(audit, audit.checks))

    def _remove(self, streams: list[UUID]) -> None:
        self._pruned("events", self._log.remove(streams))


def streams_of(audit: EndedAudit, summary: ArchiveSummary) -> list[UUID]:
    """Every stream of an archived audit, its own first."""
    return list(_streams(audit, summary.shards))


def _streams(audit: EndedAudit, checks: Mapping[CheckName, int]) -> Iterator[UUID]:
    yield audit_task_id(audit.account, audit.task_id)
    for check_name, shards in checks.items():
        yield check_run_id(audit.account, audit.task_id, check_name)
        for shard in range(shards):
            yield check_shard_id(audit.account, audit.task_id, check_name, shard)
