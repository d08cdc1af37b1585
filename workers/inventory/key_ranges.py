"""A walk over a whole table in transactions that are small."""

from collections.abc import Iterator, Sequence
from typing import Any

from events.store.database import Database
from events.vocabulary import AccountId
from workers.inventory.kinds import Kind

ROWS_A_TRANSACTION = 1_000
"""A transaction of so many takes some hundredths of a second, so other writers hardly wait."""


def key_ranges(
    database: Database, kind: Kind, account: AccountId, condition: str, parameters: Sequence[Any]
) -> Iterator[list[str]]:
    """The keys of the rows that meet `condition`, in order, about a transaction's worth at a time."""
    after = ""
    while True:
        rows = database.query(
            f"SELECT {kind.key} FROM {kind.table} WHERE account = ? AND {kind.key} > ? AND {condition} "
            f"ORDER BY {kind.key} LIMIT ?",
            (account, after, *parameters, ROWS_A_TRANSACTION),
        )
        if not rows:
            return
        yield [key for (key,) in rows]
        after = rows[-1][0]
