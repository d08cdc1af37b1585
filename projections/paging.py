"""One page after another of a list that may grow meanwhile, by the key of the last row and never by counting rows.

A page by key costs the same at any depth, and rows that arrive between two pages move nothing: whatever was there
when the list was begun is given once. The key's columns come last in an index, after those compared for equality,
so that a page is one stretch of that index.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from events.store.database import Row

T = TypeVar("T")

Key = tuple[int | str, ...]
"""Where a page ends: the key columns of its last row."""


@dataclass(frozen=True)
class Page:
    """Which rows of a list are asked for."""

    limit: int
    """How many at most; at least 1."""
    after: Key | None = None
    """`Slice.next` of the page before; None for the first page."""


@dataclass(frozen=True)
class Slice(Generic[T]):
    """One page of a list."""

    rows: list[T]
    next: Key | None
    """What the next page comes after; None when this is the last."""


@dataclass(frozen=True)
class Keyset:
    """The order of a list. Its columns are unique together, never change, and come first in the rows it pages."""

    columns: tuple[str, ...]
    is_descending: bool

    @property
    def condition(self) -> str:
        """SQL that holds for what comes after a key; its parameters are the key."""
        comparison = "<" if self.is_descending else ">"
        return f"({', '.join(self.columns)}) {comparison} ({', '.join('?' * len(self.columns))})"

    @property
    def order(self) -> str:
        """SQL that ends the query of a page; its parameter is `rows_needed`."""
        direction = " DESC" if self.is_descending else ""
        return f"ORDER BY {', '.join(column + direction for column in self.columns)} LIMIT ?"

    def bound(self, page: Page, first: Key) -> Key:
        """Return the key after which a page begins, never before `first`, where the whole list begins."""
        if page.after is None:
            return first
        return min(first, page.after) if self.is_descending else max(first, page.after)

    def slice(self, found: Sequence[Row], page: Page, view: Callable[[Row], T]) -> Slice[T]:
        """Return the page that rows in this order make: all of them, but the one too many if there is one."""
        rows = found[: page.limit]
        has_more = len(found) > page.limit
        return Slice([view(row) for row in rows], tuple(rows[-1][: len(self.columns)]) if has_more else None)


def in_order(rows: Sequence[T], page: Page) -> Slice[T]:
    """Return a page of rows that never change, whose key is their place, counted from 1."""
    first = 0 if page.after is None else max(0, int(page.after[0]))
    last = first + page.limit
    return Slice(list(rows[first:last]), (last,) if last < len(rows) else None)


def rows_needed(page: Page) -> int:
    """How many rows to read for a page: one more than it shows tells whether another page follows."""
    return page.limit + 1
