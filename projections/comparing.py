"""Compares two tables row by row, in the order of their key and in pages, so that their size does not matter."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from events.store.aside import Query
from events.store.database import Row
from events.store.table_shape import TableShape
from projections.due_rows import DueRows

ROWS_A_PAGE = 2_000


class Kind(StrEnum):
    """How a row differs."""

    CHANGED = "changed"
    MISSING = "missing"
    EXTRA = "extra"


@dataclass(frozen=True)
class Difference:
    """One row that is not as it has to be."""

    kind: Kind
    table: str
    key: dict[str, Any]
    """The columns of the primary key."""
    column: str | None = None
    """The first column that differs, of a row that is on both sides."""
    serving: Any = None
    rebuilt: Any = None
    """Its values."""


def differences(
    shape: TableShape, serving: Query, rebuilt: Query, due: DueRows | None, compared: Callable[[int], None]
) -> Iterator[Difference]:
    """Yield what differs in the order of the key, but for rows that are due for pruning.

    `compared` is told of every page how many rows it had.
    """
    length = len(shape.key)
    ours, theirs = _Rows(serving, shape, due, compared), _Rows(rebuilt, shape, due, lambda _: None)
    here, there = next(ours.rows, None), next(theirs.rows, None)
    while here is not None or there is not None:
        if there is None or (here is not None and here[:length] < there[:length]):
            yield Difference(Kind.EXTRA, shape.name, _named(shape, here))
            here = next(ours.rows, None)
        elif here is None or there[:length] < here[:length]:
            yield Difference(Kind.MISSING, shape.name, _named(shape, there))
            there = next(theirs.rows, None)
        else:
            if here != there:
                yield _changed(shape, here, there)
            here, there = next(ours.rows, None), next(theirs.rows, None)


class _Rows:
    """The rows of one side, the columns of the key first."""

    def __init__(self, query: Query, shape: TableShape, due: DueRows | None, paged: Callable[[int], None]) -> None:
        self._query = query
        self._length = len(shape.key)
        self._parameters = () if due is None else (due.up_to,)
        self._paged = paged
        columns, key = ", ".join(_in_order(shape)), ", ".join(shape.key)
        kept = "TRUE" if due is None else f"NOT ({due.condition})"
        marks = ", ".join("?" * self._length)
        select = f"SELECT {columns} FROM {shape.name} WHERE {kept}"  # noqa: S608 - our own tables
        order = f"ORDER BY {key} LIMIT {ROWS_A_PAGE}"
        self._first, self._next = f"{select} {order}", f"{select} AND ({key}) > ({marks}) {order}"
        self.rows = self._read()

    def _read(self) -> Iterator[Row]:
        page = self._query(self._first, self._parameters)
        while page:
            self._paged(len(page))
            yield from page
            if len(page) < ROWS_A_PAGE:
                return
            page = self._query(self._next, (*self._parameters, *page[-1][: self._length]))


def _in_order(shape: TableShape) -> tuple[str, ...]:
    return (*shape.key, *(column for column in shape.columns if column not in shape.key))


def _named(shape: TableShape, row: Row | None) -> dict[str, Any]:
    return dict(zip(shape.key, row or (), strict=False))


def _changed(shape: TableShape, here: Row, there: Row) -> Difference:
    columns = zip(_in_order(shape), here, there, strict=True)
    column, serving, rebuilt = next(each for each in columns if each[1] != each[2])
    return Difference(Kind.CHANGED, shape.name, _named(shape, here), column, serving, rebuilt)
