"""How the records of an import go into a table of temporal rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from events.store.database import Row, Transaction
from events.vocabulary import AccountId
from workers.inventory.kinds import Kind
from workers.inventory.schema import STILL_THERE


@dataclass
class Counts:
    """What an import has made of the records given to it, and of what was there before."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0

    @property
    def given(self) -> int:
        """Each record counts once, also one that repeats or corrects an earlier one of the same import."""
        return self.added + self.changed + self.unchanged


class Given(NamedTuple):
    """One record: its values in the order of the table's columns, and the certificate that they were read from."""

    key: str
    values: Row
    der: bytes | None = None


@dataclass(slots=True)
class _Held:
    added_in: int
    removed_in: int
    values: Row


class TableMerge:
    """Merges records into one table by key: under the number of a version that nobody sees yet."""

    def __init__(self, kind: Kind, account: AccountId, version: int, counts: Counts) -> None:
        self.kind = kind
        self.has_added = False
        self._account = account
        self._version = version
        self._counts = counts
        names = ("account", "added_in", "removed_in", *kind.columns)
        marks = ", ".join("?" * len(names))
        updates = ", ".join(f"{name} = excluded.{name}" for name in kind.columns)
        self._insert = (
            f"INSERT INTO {kind.table} ({', '.join(names)}) VALUES ({marks}) "
            f"ON CONFLICT (account, {kind.key}, added_in) DO UPDATE SET {updates}"
        )
        self._end = f"UPDATE {kind.table} SET removed_in = ? WHERE account = ? AND {kind.key} = ? AND added_in = ?"

    def given(self, values: Mapping[str, Any], der: bytes | None) -> Given:
        """A record for this table; KeyError when a column has no value."""
        return Given(values[self.kind.key], tuple(map(values.__getitem__, self.kind.columns)), der)

    def merge(self, transaction: Transaction, records: Sequence[Given]) -> None:
        """Write the records and count them. Of two with the same key the later one stands."""
        held = self._held(transaction, sorted({record.key for record in records}))
        ends: dict[tuple[str, int], int] = {}
        additions: dict[str, Given] = {}
        for record in records:
            now = held.get(record.key)
            if now is not None and now.values == record.values:
                self._counts.unchanged += 1
                self._keep(record.key, now, ends)
                continue
            if now is None:
                self._counts.added += 1
            else:
                self._counts.changed += 1
                self._supersede(record.key, now, ends)
            additions[record.key] = record
            held[record.key] = _Held(self._version, STILL_THERE, record.values)
        self._write(transaction, ends, additions)

    def _keep(self, key: str, row: _Held, ends: dict[tuple[str, int], int]) -> None:
        """Take back the mark of a row that is given again, if it has one."""
        if row.removed_in == self._version:
            ends[key, row.added_in] = row.removed_in = STILL_THERE
            self._counts.removed -= 1

    def _supersede(self, key: str, row: _Held, ends: dict[tuple[str, int], int]) -> None:
        """End a row of an earlier version. One that this very import has written is overwritten instead."""
        if row.added_in == self._version:
            return
        if row.removed_in == self._version:
            self._counts.removed -= 1
        ends[key, row.added_in] = self._version

    def _held(self, transaction: Transaction, keys: Sequence[str]) -> dict[str, _Held]:
        """The rows under these keys that are there or were until this import; a row of its own comes last."""
        columns = ", ".join(self.kind.columns)
        rows = transaction.execute(
            f"SELECT {self.kind.key}, added_in, removed_in, {columns} FROM {self.kind.table} "
            f"WHERE account = ? AND {self.kind.key} IN ({', '.join('?' * len(keys))}) AND removed_in >= ? "
            "ORDER BY added_in",
            (self._account, *keys, self._version),
        )
        return {key: _Held(added_in, removed_in, tuple(values)) for key, added_in, removed_in, *values in rows}

    def _write(
        self, transaction: Transaction, ends: Mapping[tuple[str, int], int], additions: Mapping[str, Given]
    ) -> None:
        mine = (self._account, self._version, STILL_THERE)
        self.has_added = self.has_added or bool(additions)
        transaction.execute_many(
            self._end, ((until, self._account, key, added_in) for (key, added_in), until in ends.items())
        )
        transaction.execute_many(self._insert, ((*mine, *record.values) for record in additions.values()))
        transaction.execute_many(
            "INSERT INTO certificates (account, certificate_id, added_in, der) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (account, certificate_id) DO NOTHING",
            (
                (self._account, record.key, self._version, record.der)
                for record in additions.values()
                if record.der is not None
            ),
        )
