"""What rows name of a second kind, read with them.

A query of its own for each page, and no SQL join: a row may name many, many may name the same (whose documents
come, and are held, once a page), and a page stays as many rows as it has resources.
"""

from collections.abc import Sequence

import orjson

from events.store.database import Database
from events.vocabulary import AccountId
from workers.inventory.kinds import Examines, Related
from workers.inventory.rows import Row
from workers.inventory.scope import Scope

KEYS_A_QUERY = 500

Keys = list[str] | None
"""What a row names; None: not known."""


def with_related(
    database: Database, account: AccountId, related: Related, version: int, page: Sequence[tuple[Row, str | None]]
) -> list[Row]:
    """Each row of a page with what it names as its last value, as `Examines.related` has it.

    A page is rows, each with the text of its column `named_in`.
    """
    named: list[Keys] = [None if text is None else orjson.loads(text) for _, text in page]
    found = _found(database, account, related, version, {key for keys in named for key in keys or ()})
    return [
        (*row, None if keys is None else {key: found.get(key) for key in keys})
        for (row, _), keys in zip(page, named, strict=True)
    ]


def _found(
    database: Database, account: AccountId, related: Related, version: int, wanted: set[str]
) -> dict[str, Row]:
    kind, keys = related.kind, sorted(wanted)
    columns = (kind.key, *related.columns)
    found: dict[str, Row] = {}
    for first in range(0, len(keys), KEYS_A_QUERY):
        examines = Examines(kind, columns, only={kind.key: tuple(keys[first : first + KEYS_A_QUERY])})
        select = Scope(account, examines, version).select(", ".join(columns))
        found |= {row[0]: row[1:] for row in database.scan(*select, columns=len(columns))}
    return found
