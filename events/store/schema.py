"""How the tables of a store come to be: in steps that have names, each of which a database remembers.

A SQLite file belongs to the process that opens it, which takes the steps that are missing by itself. A PostgreSQL
database is shared: there `fleet-audit migrate` takes them, and a process that finds one missing does not start.
"""

from collections.abc import Mapping, Sequence

from events.errors import StoreUnavailable
from events.store.database import Transaction

STEPS = """
    CREATE TABLE IF NOT EXISTS schema_steps (store TEXT NOT NULL, step TEXT NOT NULL, PRIMARY KEY (store, step))
"""


class SchemaMissing(StoreUnavailable):
    """The database has not got the tables of this version yet."""


class SchemaTooNew(StoreUnavailable):
    """The database has been used by a newer version, which knows things that this one would lose."""

    def __init__(self, store: str, step: str) -> None:
        super().__init__(
            f"{store} was written by a newer version of fleet-audit ({step} is not known to this one)"
        )


class Steps:
    """A `Schema` that grows by statements. A step that was released never changes; a change is a step more."""

    def __init__(self, store: str, steps: Mapping[str, Sequence[str]]) -> None:
        """`steps` has the statements of each by its name, in the dialect that SQLite and PostgreSQL share.

        A first step may meet tables of a time before steps were remembered, and says IF NOT EXISTS.
        """
        self._store = store
        self._steps = steps

    def missing(self, rows: Transaction) -> list[str]:
        """The names of the steps that are to be taken still, in order."""
        taken = {step for (step,) in rows.execute("SELECT step FROM schema_steps WHERE store = ?", (self._store,))}
        for unknown in sorted(taken - self._steps.keys()):
            raise SchemaTooNew(self._store, unknown)
        return [step for step in self._steps if step not in taken]

    def migrate(self, rows: Transaction) -> list[str]:
        """Take the steps that are missing, and return their names."""
        rows.execute(STEPS)
        missing = self.missing(rows)
        for step in missing:
            for statement in self._steps[step]:
                rows.execute(statement)
            rows.execute("INSERT INTO schema_steps (store, step) VALUES (?, ?)", (self._store, step))
        return missing
