"""The command about archives. `workers/retention/` writes them."""

from concurrent.futures import Future

from events.audit_archive import ArchiveSummary, AuditArchive
from events.committer import Committed, Committer
from events.event import Cause
from events.identifiers import audit_archive_id
from events.vocabulary import TaskId


class Archives:
    """Carries out the command."""

    def __init__(self, committer: Committer) -> None:
        self._committer = committer

    def record_audit_archive(
        self, task_id: TaskId, summary: ArchiveSummary, cause: Cause
    ) -> Future[Committed[None]]:
        """Note that the archive of an audit is whole and on its disk. Of two summaries the first stands."""
        return self._committer.submit(
            lambda unit: unit.get(AuditArchive, audit_archive_id(cause.account, task_id)).record(
                task_id, summary, cause
            )
        )
