"""What a projection is: tables made of events, and the questions that they answer."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, ClassVar

from events.at_hand import EVENT
from events.errors import StoreUnavailable
from events.event import Event
from events.log import Recorded
from events.store.database import Database, Parameters, Row, Transaction

Handler = Callable[[Any, Transaction, Any], None]
"""A method of a projection that changes its rows to what an event of one class says."""


class Projection:
    """Keeps tables that say what the events so far amount to, for one group of questions.

    A handler never refuses: what the log says has happened. It may be given the same events again, in order, and
    must leave the same rows. It reads no clock and no other projection's tables, so that projecting the log anew
    makes every row as it was.
    """

    name: ClassVar[str]
    """Permanent: the database knows by it how far the projection has come."""
    version: ClassVar[int]
    """Raise it when tables or handlers change. The tables are then dropped and filled from the log's beginning."""
    tables: ClassVar[Mapping[str, Sequence[str]]]
    """The statements that make each table and its indexes, in the dialect that SQLite and PostgreSQL share."""
    handles: ClassVar[Mapping[type[Event], Handler]]
    """Which handler takes the events of a class. Events of other classes concern other projections."""

    replaces: ClassVar[Mapping[type[Event], Callable[[Any], Hashable]]] = {}
    """Classes of which an event says all that an earlier one said of the same subject, which the function names.

    Where such events follow one another, the last alone leaves the same rows."""

    finds_rows_by_key: ClassVar[bool] = False
    """Whether the handlers find rows by primary keys only. Then tables that are filled anew get their other
    indexes when they are full, which takes half the time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.is_caught_up = True
        """False while the tables are filled anew, and would answer as if much had never happened."""

    def take_all(self, rows: Transaction, recorded: Sequence[Recorded]) -> None:
        """Do what `take` does with events in the order of the log, but for those that are replaced at once."""
        for each in self._not_replaced(recorded) if self.replaces else recorded:
            EVENT.set(each.event)
            self.take(rows, each)

    def take(self, rows: Transaction, recorded: Recorded) -> None:
        """Change the rows to what an event says at its place in the log. Who fills the tables calls this."""
        self.handle(rows, recorded.event)

    def handle(self, rows: Transaction, event: Event) -> None:
        """Change the rows to what an event says, if it concerns them."""
        handler = self.handles.get(type(event))
        if handler is not None:
            handler(self, rows, event)

    def _not_replaced(self, recorded: Sequence[Recorded]) -> list[Recorded]:
        kept: list[Recorded] = []
        replaced: set[tuple[type[Event], Hashable]] = set()
        for each in reversed(recorded):
            subject = self.replaces.get(type(each.event))
            if subject is not None:
                key = type(each.event), subject(each.event)
                if key in replaced:
                    continue
                replaced.add(key)
            elif type(each.event) in self.handles:
                replaced.clear()
            kept.append(each)
        return kept[::-1]

    def query(self, sql: str, parameters: Parameters) -> list[Row]:
        """Return the rows of a SELECT; StoreUnavailable while the projection is being rebuilt."""
        if not self.is_caught_up:
            raise StoreUnavailable(f"The read model {self.name} is being rebuilt.")
        return self._database.query(sql, parameters)
