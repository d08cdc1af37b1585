"""The tables of the projections, each made anew when its projection has another version than they."""

import json
from collections.abc import Iterable, Mapping, Sequence

from events.store.database import Transaction
from events.store.schema import SchemaTooNew, Steps
from projections.projection import Projection

PROJECTIONS = """
    CREATE TABLE IF NOT EXISTS projections (
        name TEXT NOT NULL PRIMARY KEY,
        version BIGINT NOT NULL,
        position BIGINT NOT NULL,
        tables TEXT NOT NULL
    )
"""

STEPS = Steps("read_models", {"projections": [PROJECTIONS]})
"""What there is besides the projections' own tables."""


class ReadModelTables:
    """A `Schema`. What is dropped is filled from the log's beginning, so no step leads from version to version."""

    def __init__(self, projections: Sequence[type[Projection]], end_of_log: int | None = None) -> None:
        """`end_of_log`: rows that come from beyond it are of another log, and are made anew as well."""
        self._projections = {projection.name: projection for projection in projections}
        self._end_of_log = end_of_log
        self._steps = STEPS

    def missing(self, rows: Transaction) -> list[str]:
        """The projections whose tables are not of their present version; raise SchemaTooNew for a later one."""
        steps = self._steps.missing(rows)
        if steps:
            return [*steps, *self._projections]
        made: dict[str, int] = dict(rows.execute("SELECT name, version FROM projections"))
        for name, version in made.items():
            if name not in self._projections or version > self._projections[name].version:
                raise SchemaTooNew("The read models", f"version {version} of {name}")
        return [name for name, each in self._projections.items() if made.get(name) != each.version]

    def migrate(self, rows: Transaction) -> list[str]:
        """Make the tables that are missing or of another version, and return whose they are."""
        steps = self._steps.migrate(rows)
        for name, version, position, tables in rows.execute(
            "SELECT name, version, position, tables FROM projections"
        ):
            is_of_another_log = self._end_of_log is not None and position > self._end_of_log
            is_current = name in self._projections and self._projections[name].version == version
            if not is_current or is_of_another_log:
                _drop(rows, name, json.loads(tables))
        made = positions(rows)
        missing = [projection for name, projection in self._projections.items() if name not in made]
        for projection in missing:
            _make(rows, projection)
        return [*steps, *(projection.name for projection in missing)]


def positions(rows: Transaction) -> Mapping[str, int]:
    """How far each projection has come."""
    return dict(rows.execute("SELECT name, position FROM projections"))


def note_beginning(rows: Transaction, projection: type[Projection], position: int = 0) -> None:
    """Note that the tables of a projection are there, as its present version has them."""
    row = (projection.name, projection.version, position, json.dumps(list(projection.tables)))
    rows.execute("DELETE FROM projections WHERE name = ?", (projection.name,))
    rows.execute("INSERT INTO projections (name, version, position, tables) VALUES (?, ?, ?, ?)", row)


def _make(rows: Transaction, projection: type[Projection]) -> None:
    for statements in projection.tables.values():
        for statement in statements:
            rows.execute(statement)
    note_beginning(rows, projection)


def _drop(rows: Transaction, name: str, tables: Iterable[str]) -> None:
    """Drop the tables that a projection had made, whatever they are called in its present version."""
    for table in tables:
        rows.execute(f"DROP TABLE IF EXISTS {table}")
    rows.execute("DELETE FROM projections WHERE name = ?", (name,))
