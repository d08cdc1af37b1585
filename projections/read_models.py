"""The read models, kept up with the log together: what describe and list operations answer from."""

from collections.abc import Mapping, Sequence

from events.errors import StoreUnavailable
from events.log import Recorded
from events.store.database import Database
from projections.account_configuration import AccountConfiguration
from projections.answers import Answers
from projections.audit_differences import AuditDifferences
from projections.audit_findings import AuditFindings
from projections.audit_notifications import AuditNotifications
from projections.audit_tasks import AuditTasks
from projections.check_results import CheckResults
from projections.every_audit import EveryAudit
from projections.finding_identities import FindingIdentities
from projections.history import History
from projections.projection import Projection
from projections.pruning import ReadModelPruning
from projections.read_model_tables import ReadModelTables, positions
from projections.scheduled_audits import ScheduledAudits

PROJECTIONS: tuple[type[Projection], ...] = (
    AccountConfiguration,
    ScheduledAudits,
    AuditTasks,
    AuditFindings,
    AuditNotifications,
    CheckResults,
    History,
    EveryAudit,
    FindingIdentities,
)


class ReadModels(Answers):
    """Drives the projections as one `events.follower.Following`: a batch of events is one transaction.

    Each projection's position is stored with its rows. One that is new, or of another version than its rows,
    starts over from the log's beginning: until it has come to where the others are, the log is read again for it
    alone, the others wait, and questions to it raise StoreUnavailable instead of being answered from half of the
    history. Nobody else writes these tables, so the file can be deleted at any time: the next start makes it anew.
    """

    name = "read-models"

    account_configuration: AccountConfiguration
    scheduled_audits: ScheduledAudits

    def __init__(
        self, database: Database, *, end_of_log: int | None = None, pruning: ReadModelPruning | None = None
    ) -> None:
        """Prepare the tables (`ReadModelTables`). StoreUnavailable if that can't be done now.

        `end_of_log` is the log's last position at the start. Questions are answered once everything up to it is
        there; without it, those to a file that was deleted are answered as if nothing had happened until it has
        caught up. And rows that come from beyond it are of another log, or of one that was put back from a copy:
        they are made anew. `pruning` is of the same database, in the process that follows the log.
        """
        self.account_configuration = AccountConfiguration(database)
        self.scheduled_audits = ScheduledAudits(database)
        self.audit_tasks = AuditTasks(database)
        self.audit_findings = AuditFindings(database)
        self.audit_notifications = AuditNotifications(database)
        self.check_results = CheckResults(database)
        self.history = History(database)
        self.every_audit = EveryAudit(database)
        self.finding_identities = FindingIdentities(database)
        self.audit_differences = AuditDifferences(self.audit_findings, self.finding_identities)
        self._projections: tuple[Projection, ...] = (
            self.account_configuration,
            self.scheduled_audits,
            self.audit_tasks,
            self.audit_findings,
            self.audit_notifications,
            self.check_results,
            self.history,
            self.every_audit,
            self.finding_identities,
        )
        self._database = database
        self._pruning = pruning
        database.prepare(ReadModelTables(PROJECTIONS, end_of_log))
        made: dict[str, int] = dict(database.query("SELECT name, position FROM projections"))
        self._complete_at = max(end_of_log or 0, *made.values())
        """The position at which a projection knows as much as any did at the start."""
        self._taken = 0
        """How far every projection was after the last batch."""
        self._note_progress(made)

    def position(self) -> int:
        """Return the position up to which every projection has come."""
        found: int = self._database.query("SELECT MIN(position) FROM projections")[0][0]
        return found

    def take(self, recorded: Sequence[Recorded], position: int) -> None:
        """Project events, and keep `position` as that of each projection that was not further already.

        Raise StoreUnavailable when the tables know less than they did after the last batch: a server that crashed
        may have lost its last commits. Whoever follows then reads these events again.
        """
        with self._database.transaction() as rows:
            before = positions(rows)
            self._require_kept(min(before.values(), default=0))
            for projection in self._projections:
                known = before[projection.name]
                projection.take_all(rows, [each for each in recorded if each.position > known])
            rows.execute("UPDATE projections SET position = ? WHERE position < ?", (position, position))
        after = {name: max(position, known) for name, known in before.items()}
        self._taken = min(after.values())
        self._note_progress(after)

    def look(self, end_of_log: int) -> int:
        """Note how far another process has brought the read models; return the position of all of them.

        Questions are answered once `end_of_log` is there, and again not while one of them is being rebuilt.
        """
        made = dict.fromkeys((each.name for each in self._projections), 0)
        made.update(self._database.query("SELECT name, position FROM projections"))
        self._complete_at = max(end_of_log, self._complete_at, *made.values())
        self._note_progress(made)
        return min(made.values())

    def idle(self) -> None:
        """Prune for a while. Raise StoreUnavailable as `take` does: the last event of all has none after it."""
        self._require_kept(self.position())
        if self._pruning is not None:
            self._pruning.step()

    def _require_kept(self, known: int) -> None:
        if known < self._taken:
            self._taken = 0
            raise StoreUnavailable("The read models have lost what they had taken last, and take it again.")

    def _note_progress(self, positions: Mapping[str, int]) -> None:
        for projection in self._projections:
            projection.is_caught_up = positions[projection.name] >= self._complete_at
