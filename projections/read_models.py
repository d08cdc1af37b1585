"""The read models, kept up with the log together: what describe and list operations answer from."""

import json
from collections.abc import Iterable, Mapping, Sequence

from events.at_hand import EVENT
from events.log import Recorded
from events.store.database import Database, Transaction
from projections.account_configuration import AccountConfiguration
from projections.audit_findings import AuditFindings
from projections.audit_tasks import AuditTasks
from projections.projection import Projection
from projections.scheduled_audits import ScheduledAudits


class ReadModels:
    """Drives the projections as one `events.follower.Following`: a batch of events is one transaction.

    Each projection's position is stored with its rows. One that is new, or of another version than its rows,
    starts over from the log's beginning: until it has come to where the others are, the log is read again for it
    alone, the others wait, and questions to it raise StoreUnavailable instead of being answered from half of the
    history. Nobody else writes these tables, so the file can be deleted at any time: the next start makes it anew.
    """

    name = "read-models"

    def __init__(self, database: Database, *, end_of_log: int | None = None) -> None:
        """Make the tables that are missing or of another version. StoreUnavailable if that can't be done now.

        `end_of_log` is the log's last position at the start. Questions are answered once everything up to it is
        there; without it, those to a file that was deleted are answered as if nothing had happened until it has
        caught up. And rows that come from beyond it are of another log, or of one that was put back from a copy:
        they are made anew.
        """
        self.account_configuration = AccountConfiguration(database)
        self.scheduled_audits = ScheduledAudits(database)
        self.audit_tasks = AuditTasks(database)
        self.audit_findings = AuditFindings(database)
        self._projections: tuple[Projection, ...] = (
            self.account_configuration,
            self.scheduled_audits,
            self.audit_tasks,
            self.audit_findings,
        )
        self._database = database
        with database.transaction() as rows:
            positions = self._prepare(rows, end_of_log)
        self._complete_at = max(end_of_log or 0, *positions.values())
        """The position at which a projection knows as much as any did at the start."""
        self._note_progress(positions)

    def position(self) -> int:
        """Return the position up to which every projection has come."""
        found: int = self._database.query("SELECT MIN(position) FROM projections")[0][0]
        return found

    def take(self, recorded: Sequence[Recorded], position: int) -> None:
        """Project events, and keep `position` as that of each projection that was not further already."""
        with self._database.transaction() as rows:
            before = _positions(rows)
            for projection in self._projections:
                for each in recorded:
                    if each.position > before[projection.name]:
                        EVENT.set(each.event)
                        projection.handle(rows, each.event)
            rows.execute("UPDATE projections SET position = ? WHERE position < ?", (position, position))
            after = _positions(rows)
        self._note_progress(after)

    def idle(self) -> None:
        """Do nothing: a read model has no work of its own."""

    def _prepare(self, rows: Transaction, end_of_log: int | None) -> Mapping[str, int]:
        rows.execute(PROJECTIONS)
        versions = {projection.name: projection.version for projection in self._projections}
        for name, version, position, tables in rows.execute(
            "SELECT name, version, position, tables FROM projections"
        ):
            is_of_another_log = end_of_log is not None and position > end_of_log
            if versions.get(name) != version or is_of_another_log:
                _drop(rows, name, json.loads(tables))
        made = _positions(rows)
        for projection in self._projections:
            if projection.name not in made:
                _make(rows, projection)
        return _positions(rows)

    def _note_progress(self, positions: Mapping[str, int]) -> None:
        for projection in self._projections:
            projection.is_caught_up = positions[projection.name] >= self._complete_at


PROJECTIONS = """
    CREATE TABLE IF NOT EXISTS projections (
        name TEXT NOT NULL PRIMARY KEY,
        version BIGINT NOT NULL,
        position BIGINT NOT NULL,
        tables TEXT NOT NULL
    )
"""


def _positions(rows: Transaction) -> dict[str, int]:
    return dict(rows.execute("SELECT name, position FROM projections"))


def _make(rows: Transaction, projection: Projection) -> None:
    for statements in projection.tables.values():
        for statement in statements:
            rows.execute(statement)
    row = (projection.name, projection.version, json.dumps(list(projection.tables)))
    rows.execute("INSERT INTO projections (name, version, position, tables) VALUES (?, ?, 0, ?)", row)


def _drop(rows: Transaction, name: str, tables: Iterable[str]) -> None:
    """Drop the tables that a projection had made, whatever they are called in its present version."""
    for table in tables:
        rows.execute(f"DROP TABLE IF EXISTS {table}")
    rows.execute("DELETE FROM projections WHERE name = ?", (name,))
