"""Driving the read models as a follower would, on a bad day."""

from collections.abc import Sequence
from contextlib import suppress

from events.errors import StoreUnavailable
from events.event import Event
from events.log import Recorded
from events.store.database import Database, Row
from projections.read_models import ReadModels
from tests.support.events import recorded


class Projecting:
    """Hands events to read models and counts positions."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.models = ReadModels(database)
        self.position = self.models.position()

    def take(self, events: Sequence[Event]) -> ReadModels:
        """Project events that come once, as one batch."""
        self._take(self._recorded(events))
        return self.models

    def take_again_and_again(self, events: Sequence[Event]) -> ReadModels:
        """Project a batch in which each event comes twice, and then once more as if its position had been lost."""
        batch, before = self._recorded(events), self.position
        self._take([each for each in batch for _ in range(2)])
        with self.database.transaction() as rows:
            rows.execute("UPDATE projections SET position = ?", (before,))
        with suppress(StoreUnavailable):  # the loss is noticed
            self._take(batch)
        self._take(batch)
        return self.models

    def _recorded(self, events: Sequence[Event]) -> list[Recorded]:
        return recorded(events, after=self.position)

    def _take(self, batch: Sequence[Recorded]) -> None:
        if batch:
            self.position = batch[-1].position
            self.models.take(batch, self.position)


def rows_of(database: Database) -> dict[str, list[Row]]:
    """Every row of every table, in an order of its own."""
    found = {"projections": database.query("SELECT name, version, position FROM projections")}
    models = ReadModels(database)
    for projection in (
        models.account_configuration,
        models.scheduled_audits,
        models.audit_tasks,
        models.audit_findings,
        models.audit_notifications,
        models.check_results,
        models.history,
        models.every_audit,
        models.finding_identities,
    ):
        for table in projection.tables:
            found[table] = database.query(f"SELECT * FROM {table}")
    return {table: sorted(rows, key=repr) for table, rows in found.items()}
