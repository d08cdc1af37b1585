"""Rebuilds read models while the old ones serve, and puts the new ones in their place at one stroke.

Only tables of projections are touched: nothing that an event once set off, work or a notification, happens again.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from events.errors import StoreUnavailable
from events.log import EventLog
from events.store.aside import Aside, Query
from projections.due_rows import DueRows
from projections.filling import Filling, Told, tables_of, together
from projections.projection import Projection
from projections.read_model_tables import note_beginning

FEW_EVENTS = 50
"""What may be missing when the old tables are locked: some 10,000 findings, which take less than a second."""

ATTEMPTS = 20
PAUSE = 0.5
"""Seconds between attempts to take the old tables' place, where somebody reads them for long."""

Due = Callable[[], Mapping[str, DueRows]]
"""Says which rows are due for pruning now."""


@dataclass(frozen=True)
class Rebuilt:
    """What has been put in the place of the old."""

    names: Sequence[str]
    """Of the projections, those that had to come along included."""
    position: int


class Rebuilding:
    """One rebuild. Interrupted at any moment, it leaves the old tables or the new ones serving, whole."""

    def __init__(
        self,
        aside: Aside,
        log: EventLog,
        every: Sequence[type[Projection]],
        due: Due,
        require_permit: Callable[[], None],
    ) -> None:
        """`require_permit` raises when somebody else may rebuild by now."""
        self._aside = aside
        self._log = log
        self._every = every
        self._due = due
        self._require_permit = require_permit

    def rebuild(self, names: Sequence[str], told: Told) -> Rebuilt:
        """Fill the projections of these names anew, catch up with the log, and let them serve.

        Raise StoreUnavailable when the stores can't be read or written. Then, and after any other failure, the old
        ones serve on.
        """
        wanted = together(self._every, names, self._due())
        filling = Filling(self._aside, self._log, self._every, wanted, told)
        try:
            filling.begin()
            filling.fill(self._target(filling, self._aside.serving.query))
            filling.finish(self._due())
            self._take_over(filling)
        finally:
            self._aside.clear()
        return Rebuilt(wanted, filling.position)

    def _target(self, filling: Filling, query: Query) -> int:
        """How far to fill. Read models are asked together, so none may be behind the others, nor before them."""
        if len(filling.wanted) == len(self._every):
            return self._log.last_position()
        positions: dict[str, int] = dict(query("SELECT name, position FROM projections", ()))
        return max(positions.values())

    def _take_over(self, filling: Filling) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                while not self._has_taken_over(filling):
                    pass
            except StoreUnavailable:
                if attempt == ATTEMPTS:
                    raise
                time.sleep(PAUSE)
            else:
                return

    def _has_taken_over(self, filling: Filling) -> bool:
        """Catch up without anybody waiting; then for the rest nobody else may write."""
        filling.fill(self._target(filling, self._aside.serving.query))
        self._require_permit()
        with self._aside.replacing() as rows:
            target = self._target(filling, rows.execute)
            if target > filling.position + FEW_EVENTS:
                return False
            filling.fill(target)
            for projection in filling.wanted:
                note_beginning(rows, projection, target)
            self._aside.replace(rows, tables_of(filling.wanted))
        return True
