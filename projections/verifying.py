"""Proves that read models are what the log makes: they are filled anew aside, and compared row by row."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from events.errors import StoreUnavailable
from events.log import EventLog
from events.store.aside import Aside, Query
from events.store.table_shape import shape_of
from projections.comparing import Difference, Kind, differences
from projections.filling import Filling, Told, with_audits
from projections.projection import Projection
from projections.rebuilding import FEW_EVENTS, Due


class NotOfOnePosition(StoreUnavailable):
    """Read models are being filled anew, and so can't be compared yet."""


@dataclass
class Verdict:
    """What the comparison came to."""

    position: int
    """Of the log: where both sides stood."""
    rows: int = 0
    """How many were compared."""
    found: Counter[Kind] = field(default_factory=Counter)
    first: Difference | None = None
    """The first difference, by projection, table and key."""


class Verifying:
    """One verification. It writes nothing but what it fills aside, and removes that."""

    def __init__(self, aside: Aside, log: EventLog, every: Sequence[type[Projection]], due: Due) -> None:
        self._aside = aside
        self._log = log
        self._every = every
        self._due = due

    def verify(self, names: Sequence[str], told: Told) -> Verdict:
        """Compare the projections of these names.

        Raise NotOfOnePosition while one of them is behind the others, StoreUnavailable when the stores can't be
        read.
        """
        wanted = with_audits(self._every, names, self._due())
        filling = Filling(self._aside, self._log, self._every, wanted, told, is_whole=False)
        try:
            filling.begin()
            self._follow(filling, wanted)
            with self._aside.snapshot() as serving:
                position = _position(serving, wanted)
                filling.fill(position)
                return self._compare(names, serving, filling.query, told, Verdict(filling.position))
        finally:
            self._aside.clear()

    def _follow(self, filling: Filling, wanted: Sequence[str]) -> None:
        """Come as far as the serving tables, but no further: they are to be met at one position."""
        position = _position(self._aside.serving.query, wanted)
        filling.fill(position)
        while (further := _position(self._aside.serving.query, wanted)) > position + FEW_EVENTS:
            position = further
            filling.fill(position)

    def _compare(
        self, names: Sequence[str], serving: Query, rebuilt: Query, told: Told, verdict: Verdict
    ) -> Verdict:
        due = self._due()
        tables = {
            table: statements[0]
            for projection in self._every
            if projection.name in names
            for table, statements in projection.tables.items()
        }
        total = sum(rebuilt(f"SELECT COUNT(*) FROM {table}", ())[0][0] for table in tables)  # noqa: S608 - ours

        def compared(rows: int) -> None:
            verdict.rows += rows
            told("rows", min(verdict.rows, total), total)

        for table, statement in tables.items():
            for each in differences(shape_of(table, statement), serving, rebuilt, due.get(table), compared):
                verdict.found[each.kind] += 1
                verdict.first = verdict.first or each
        return verdict


def _position(query: Query, wanted: Sequence[str]) -> int:
    """The one position of these projections."""
    of: dict[str, int] = dict(query("SELECT name, position FROM projections", ()))
    found = {of[name] for name in wanted}
    if len(found) != 1:
        raise NotOfOnePosition("Read models are being filled anew, and can be verified when they are")
    return found.pop()
