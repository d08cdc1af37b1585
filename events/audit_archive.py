"""That the events of an audit were archived: what is left of them in the log, so that history stays provable.

A stream of its own for each audit. It is written when the archive is whole and on its disk; only then are the
audit's own streams removed. So whoever finds it knows that the archive is whole, and whoever does not find it that
the log is.
"""

from dataclasses import dataclass

from events.event import Aggregate, Cause, Event
from events.vocabulary import CheckName, TaskId


@dataclass(frozen=True)
class ArchiveSummary:
    """What was archived of an audit, and where it lies."""

    file_name: str
    """Below the archive's directory, as it was then."""
    sha256: str
    """Of the file's lines before compression, 64 hex digits."""
    events: int
    first_position: int
    last_position: int
    shards: dict[CheckName, int]
    """How many shards each check was planned in: with these, every stream of the audit has its name."""


class AuditArchive(Aggregate):
    """Decides that an audit is archived once."""

    summary: ArchiveSummary | None

    def begin(self) -> None:
        """Start as one of an audit that is in the log."""
        self.summary = None

    def record(self, task_id: TaskId, summary: ArchiveSummary, cause: Cause) -> None:
        """Note that the archive of the audit is whole. The first one stands."""
        if self.summary is None:
            self.trigger(AuditTaskArchived, cause, task_id=task_id, summary=summary)


class AuditTaskArchived(Event):
    """Every event of an audit lies in an archive, and may be removed from the log."""

    TOPIC = "AuditArchive.Recorded.v1"
    task_id: TaskId
    summary: ArchiveSummary

    def apply(self, archive: AuditArchive) -> None:
        archive.summary = self.summary
