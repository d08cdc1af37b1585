"""An inventory of made-up things, in memory."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from events.vocabulary import AccountId
from workers.inventory.kinds import Examines, Kind, Related
from workers.inventory.rows import Row

VERSION = 7


def _nothing(_: str) -> None:
    pass


class FleetInMemory:
    """Answers as `workers.inventory.store.Inventory` does, and can let something happen between two rows.

    `records` are of one kind, each a mapping of column to value, and `related` are of the kind that they name; the
    fleet has one version, `VERSION`.
    """

    def __init__(
        self,
        records: Sequence[Mapping[str, Any]],
        *,
        related: Sequence[Mapping[str, Any]] = (),
        before_row: Callable[[str], None] = _nothing,
        is_listed: bool = True,
    ) -> None:
        self._records = records
        self._related = related
        self._is_listed = is_listed
        self._before_row = before_row
        self.rows_read = 0

    def current_version(self, _: AccountId) -> int:
        """Return the only version."""
        return VERSION

    def is_listed(self, _: AccountId, __: Kind, version: int) -> bool:
        """Tell what the fleet was made with, or what its records tell."""
        return version == VERSION and (self._is_listed or bool(self._records))

    def shard_bounds(self, _: AccountId, examines: Examines, version: int, shard_size: int) -> list[str | None]:
        """Cut after every `shard_size` rows."""
        keys: list[str | None] = [record[examines.kind.key] for record in self._in_scope(examines, version)]
        return [*keys[shard_size - 1 : -1 : shard_size], None] if keys else []

    def rows(
        self, _: AccountId, examines: Examines, version: int, after: str | None, up_to: str | None
    ) -> Iterator[Row]:
        """Yield rows by key."""
        for record in self._in_scope(examines, version):
            key: str = record[examines.kind.key]
            if (after is None or key > after) and (up_to is None or key <= up_to):
                self._before_row(key)
                self.rows_read += 1
                yield (*(record[column] for column in examines.columns), *self._named(record, examines.related))

    def _named(self, record: Mapping[str, Any], related: Related | None) -> Row:
        if related is None:
            return ()
        found = {
            each[related.kind.key]: tuple(each[column] for column in related.columns) for each in self._related
        }
        keys = json.loads(record[related.named_in] or "null")
        return (keys if keys is None else {key: found.get(key) for key in keys},)

    def _in_scope(self, examines: Examines, version: int) -> list[Mapping[str, Any]]:
        in_scope = [
            record
            for record in self._records
            if version == VERSION and all(record[name] in values for name, values in examines.only.items())
        ]
        return sorted(in_scope, key=lambda record: str(record[examines.kind.key]))
