"""Inserts of one row, in the dialect that SQLite and PostgreSQL share, made into inserts of many."""

import re
from functools import lru_cache

CACHED = 1_024
"""Statements."""

_INSERT = re.compile(
    r"\s*(?P<into>INSERT\s+INTO\s+\w+\s*(?:\([^()]*\))?)\s*VALUES\s*\((?P<marks>\s*\?(?:\s*,\s*\?)*\s*)\)"
    r"(?P<rest>[^?]*)",
    re.DOTALL,
)


@lru_cache(CACHED)
def is_insert_of_one_row(sql: str) -> bool:
    """Whether the others make something of it."""
    return _INSERT.fullmatch(sql) is not None


@lru_cache(CACHED)
def of_rows(sql: str, rows: int) -> str:
    """An insert of one row as an insert of so many, with as many times the question marks."""
    found = _parts(sql)
    marks = f"({found['marks']})"
    return f"{found['into']} VALUES {', '.join([marks] * rows)} {found['rest']}"


@lru_cache(CACHED)
def of_arrays(sql: str, types: tuple[str, ...]) -> str:
    """An insert of one row as PostgreSQL's of as many as arrays have values: an array a column, of these types."""
    found = _parts(sql)
    arrays = ", ".join(f"${number}::{each}[]" for number, each in enumerate(types, start=1))
    return f"{found['into']} SELECT * FROM unnest({arrays}) {found['rest']}"  # noqa: S608 - our own SQL


def _parts(sql: str) -> re.Match[str]:
    found = _INSERT.fullmatch(sql)
    if found is None:
        raise ValueError(f"This is no insert of one row: {sql}")
    return found
