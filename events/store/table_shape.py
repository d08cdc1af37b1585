"""What a table looks like whose statement we have: its columns, and those of its primary key."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass


@dataclass(frozen=True)
class TableShape:
    """The columns in their order, and those of the primary key in its order."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]


def shape_of(name: str, statement: str) -> TableShape:
    """Return the shape of the table that a statement makes. SQLite reads our dialect, so it is asked."""
    with closing(sqlite3.connect(":memory:")) as nowhere:
        nowhere.execute(statement)
        found = nowhere.execute("SELECT name, pk FROM pragma_table_info(?) ORDER BY cid", (name,)).fetchall()
    key = sorted((place, column) for column, place in found if place)
    return TableShape(name, tuple(column for column, _ in found), tuple(column for _, column in key))
