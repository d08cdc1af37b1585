"""Fills the tables of projections anew from the log's beginning, beside those that serve."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain

from events.log import EventLog, Recorded
from events.store.aside import Aside
from events.store.database import Database, Parameters, Row
from projections.due_rows import AUDITS, DueRows, goes_with_audits
from projections.projection import Projection
from projections.read_model_tables import STEPS, note_beginning

MOST_EVENTS = 500
"""Of a transaction, and of one look into the log."""

Told = Callable[[str, int, int], None]
"""Told what is done, how much of it is, and of how much: positions of the log, then indexes."""


class Filling:
    """One attempt to fill tables. Who interrupts it begins another one."""

    def __init__(
        self,
        aside: Aside,
        log: EventLog,
        every: Sequence[type[Projection]],
        wanted: Sequence[str],
        told: Told,
        *,
        is_whole: bool = True,
    ) -> None:
        """`every` are all projections of the database, `wanted` the names of those that are to be filled anew.

        `is_whole`: what is filled is to take the place of the old.
        """
        self._aside = aside
        self._log = log
        self._told = told
        self.wanted = [projection for projection in every if projection.name in wanted]
        carries = is_whole and aside.replaces_all
        self._carried = [each for each in every if each not in self.wanted] if carries else []
        self._limit = MOST_EVENTS

    def begin(self) -> None:
        """Make empty tables. Those of other projections come along as they are, where they have to."""
        self._database: Database = self._aside.open()
        self._late: list[str] = []
        """Statements that make indexes at the end."""
        with self._database.transaction() as rows:
            STEPS.migrate(rows)
            for statement in chain(_statements(self._carried), self._at_once()):
                rows.execute(statement)
        if self._carried:
            self._aside.carry(["projections", *tables_of(self._carried)])
        with self._database.transaction() as rows:
            for projection in self.wanted:
                note_beginning(rows, projection)
        self._driven = [each(self._database) for each in (*self.wanted, *self._carried)]
        self._positions: Mapping[str, int] = dict(self._database.query("SELECT name, position FROM projections"))

    @property
    def position(self) -> int:
        """The position up to which everything is filled."""
        return min(self._positions.values())

    def fill(self, until: int) -> None:
        """Project what the log has up to a position."""
        while self.position < until:
            found = self._log.after(self.position, self._limit)
            self._limit = min(MOST_EVENTS, len(found) + 10)  # a batch of large events ends early, and so the next
            recorded = [each for each in found if each.position <= until]
            is_all = bool(found) and len(recorded) == len(found)
            self._take(recorded, found[-1].position if is_all else until)
            self._told("events", self.position, until)

    def _take(self, recorded: Sequence[Recorded], position: int) -> None:
        with self._database.transaction() as rows:
            for projection in self._driven:
                known = self._positions[projection.name]
                if known < position:
                    projection.take_all(rows, [each for each in recorded if each.position > known])
            rows.execute_many("UPDATE projections SET position = ? WHERE position < ?", [(position, position)])
        self._positions = {name: max(known, position) for name, known in self._positions.items()}

    def query(self, sql: str, parameters: Parameters) -> list[Row]:
        """Return rows of what was filled."""
        return self._database.query(sql, parameters)

    def finish(self, due: Mapping[str, DueRows]) -> None:
        """Leave out what is due for pruning, and make the indexes that are made at the end."""
        with self._database.transaction() as rows:
            self._aside.unhurried(rows)
            filled = tables_of(self.wanted)
            for table in (each for each in due if each in filled):
                rows.execute(f"DELETE FROM {table} WHERE {due[table].condition}", (due[table].up_to,))  # noqa: S608 - ours
        for number, statement in enumerate(self._late, start=1):
            with self._database.transaction() as rows:
                self._aside.unhurried(rows)
                rows.execute(statement)
            self._told("indexes", number, len(self._late))
        self._database = self._aside.settle()

    def _at_once(self) -> Iterator[str]:
        """The statements that make the tables to be filled, and the indexes that are needed meanwhile."""
        for projection in self.wanted:
            if projection.finds_rows_by_key:
                for table, *indexes in projection.tables.values():
                    yield table
                    self._late += indexes
            else:
                yield from _statements([projection])


def with_audits(every: Sequence[type[Projection]], names: Sequence[str], due: Mapping[str, DueRows]) -> list[str]:
    """Return the names of what is filled so that it is known which rows of these projections are due."""
    goes = any(goes_with_audits(table, due) for each in every if each.name in names for table in each.tables)
    return [each.name for each in every if each.name in names or (goes and AUDITS in each.tables)]


def together(every: Sequence[type[Projection]], names: Sequence[str], due: Mapping[str, DueRows]) -> list[str]:
    """Return the names of what takes the place of the old when these projections do.

    What is pruned together comes together: else rows would stay behind of an audit that is gone, for ever.
    """
    pruned = {
        each.name
        for each in every
        if any(table == AUDITS or goes_with_audits(table, due) for table in each.tables)
    }
    brought = pruned if pruned.intersection(names) else set()
    return [each.name for each in every if each.name in names or each.name in brought]


def tables_of(projections: Sequence[type[Projection]]) -> list[str]:
    """The names of their tables."""
    return list(chain.from_iterable(projection.tables for projection in projections))


def _statements(projections: Sequence[type[Projection]]) -> Iterator[str]:
    return (each for projection in projections for statements in projection.tables.values() for each in statements)
