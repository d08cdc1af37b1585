"""Audits and findings as they were: the same projections as ever, over as much of the log as a question needs."""

from collections.abc import Iterable, Sequence
from typing import Self

from events.log import Recorded
from events.store.private_database import PrivateDatabase
from projections.answers import Answers
from projections.audit_findings import AuditFindings
from projections.audit_tasks import AuditTasks


class PastReadModels(Answers):
    """Tables of its own, which nobody else sees and which go with it."""

    def __init__(self, *, with_findings: bool) -> None:
        """Without findings only audits can be asked about."""
        self._database = PrivateDatabase()
        self.audit_tasks = AuditTasks(self._database)
        self.audit_findings = AuditFindings(self._database)
        self._projections = (self.audit_tasks, self.audit_findings) if with_findings else (self.audit_tasks,)
        tables = [statements for each in self._projections for statements in each.tables.values()]
        self._database.make([table for table, *_ in tables])
        self._indexes = [index for _, *indexes in tables for index in indexes]

    def take_all(self, batches: Iterable[Sequence[Recorded]]) -> Self:
        """Let events have happened, in the order of the log, and nothing after them."""
        for recorded in batches:
            self._take(recorded)
        # An index of rows that are there is made at once; to keep it up row by row takes ten times as long.
        self._database.make(self._indexes)
        return self

    def _take(self, recorded: Sequence[Recorded]) -> None:
        with self._database.transaction() as rows:
            for projection in self._projections:
                for each in recorded:
                    projection.take(rows, each)
