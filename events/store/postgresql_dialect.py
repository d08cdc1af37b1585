"""The shared dialect of our queries (`events/store/database.py`) in PostgreSQL's own words."""

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import count

CACHED = 1_024
"""Statements. All of ours are some hundred; lists of values make more of some."""

_MARK = re.compile(r"'(?:[^']|'')*'|\?")
_TEXT = re.compile(r"\bTEXT\b")
_MAKES_COLUMNS = re.compile("CREATE TABLE|ADD COLUMN")


@lru_cache(CACHED)
def numbered(sql: str) -> str:
    """The statement with `$1`, `$2`, ... for its question marks, those in quoted text left alone."""
    numbers = count(1)
    return _replaced(sql, lambda: f"${next(numbers)}")


@lru_cache(CACHED)
def formatted(sql: str) -> str:
    """The statement with `%s` for its question marks, for a cursor that writes the values into the text."""
    return _replaced(sql.replace("%", "%%"), lambda: "%s")


def collated(statement: str) -> str:
    """A statement that makes a table or a column, with texts that compare by their code points, as SQLite's do.

    Keys of pages and bounds of shards are compared by the database and by Python, so both must agree, whatever
    language the database was made for. It is quicker, too.
    """
    return _TEXT.sub('TEXT COLLATE "C"', statement) if _MAKES_COLUMNS.search(statement) else statement


def _replaced(sql: str, mark: Callable[[], str]) -> str:
    return _MARK.sub(lambda found: mark() if found[0] == "?" else found[0], sql)
