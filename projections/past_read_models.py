"""The read models as they were at a moment: the same projections, over as much of the log as a question needs."""

from collections.abc import Iterable, Sequence

from events.log import Recorded
from events.store.private_database import PrivateDatabase
from projections.account_configuration import AccountConfiguration
from projections.answers import Answers
from projections.audit_findings import AuditFindings
from projections.audit_tasks import AuditTasks
from projections.projection import Projection
from projections.scheduled_audits import ScheduledAudits


class PastReadModels(Answers):
    """Tables of its own, which nobody else sees and which go with it."""

    def __init__(self, kinds: Iterable[type[Projection]]) -> None:
        """With the tables of these projections; the others can't be asked."""
        self._database = PrivateDatabase()
        self.account_configuration = AccountConfiguration(self._database)
        self.scheduled_audits = ScheduledAudits(self._database)
        self.audit_tasks = AuditTasks(self._database)
        self.audit_findings = AuditFindings(self._database)
        every = (self.account_configuration, self.scheduled_audits, self.audit_tasks, self.audit_findings)
        wanted = set(kinds)
        self._projections = [projection for projection in every if type(projection) in wanted]
        tables = [statements for each in self._projections for statements in each.tables.values()]
        self._database.make([statement for statements in tables for statement in statements])

    def take(self, recorded: Sequence[Recorded]) -> None:
        """Let events have happened, in the order of the log."""
        with self._database.transaction() as rows:
            for projection in self._projections:
                for each in recorded:
                    projection.take(rows, each)
