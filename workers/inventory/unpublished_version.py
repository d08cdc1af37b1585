"""The version that an import is writing, which nobody sees before it is published.

Rows go in with the number of the coming version, and rows that it removes are marked with it. Readers look at
published versions, all of which are lower. So to publish is to set one flag, and to give up is to take the rows
and the marks back.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from events.clock import epoch_milliseconds
from events.errors import InvalidRequest, StoreUnavailable
from events.inventory_import import ImportSummary
from events.store.database import Database, Transaction
from events.vocabulary import AccountId
from workers.inventory.discarding import discard, take_over
from workers.inventory.key_ranges import ROWS_A_TRANSACTION, key_ranges
from workers.inventory.kinds import KINDS, Kind
from workers.inventory.schema import STILL_THERE
from workers.inventory.table_merge import Counts, Given, TableMerge
from workers.inventory.untold_imports import ImportedBy, UntoldImport, note

ROWS_IN_MEMORY = 20_000
"""Records are collected and sorted by key before they are written. Certificate ids come in random order, and
a transaction of neighbours turns a tenth of the pages that one of strangers does (docs/performance.md)."""

BYTES_IN_MEMORY = 32 * 1024 * 1024
"""The most that the collected certificates and policy documents may take, about, however large each is."""

OWNED = "SELECT 1 FROM inventory_versions WHERE account = ? AND version = ? AND import_id = ? AND is_published = 0"


class NothingToReplaceWith(InvalidRequest):
    """An import that was to replace the inventory brought nothing. A mistyped path must not empty it."""


class Import:
    """Takes records in, counts what comes of them, and makes them the account's next version."""

    def __init__(
        self,
        database: Database,
        account: AccountId,
        version: int,
        *,
        replace: bool,
        now: datetime,
        replaced: Sequence[Kind] = (),
        import_id: str,
        by: ImportedBy | None = None,
    ) -> None:
        """`import_id` is like no other import's. Without `by` the log is not told of it."""
        self.version = version
        """What the account's current version is, once the import is over."""
        self.counts = Counts()
        self.rejected = 0
        """How many records could not be read, for who tells of the import."""
        self._database = database
        self._account = account
        self._replace = replace
        self._replaced = KINDS if replace else replaced
        self._now = now
        self._mine = (account, version, import_id)
        self._by = by
        self._tables = {kind.table: TableMerge(kind, account, version, self.counts) for kind in KINDS}
        self._collected: dict[str, list[Given]] = {table: [] for table in self._tables}
        self._rows = self._bytes = 0

    def begin(self) -> None:
        """Note that an import has begun, so that one that dies is found; mark all that it is to replace."""
        with self._database.transaction() as transaction:
            transaction.execute(
                "INSERT INTO inventory_versions (account, version, import_id, is_published, imported_at) "
                "VALUES (?, ?, ?, 0, ?)",
                (*self._mine, epoch_milliseconds(self._now)),
            )
        for kind in self._replaced:
            self._mark_all(kind)

    def add(self, kind: Kind, values: Mapping[str, Any], der: bytes | None = None) -> None:
        """Take one record in: a value for each column of `kind`, and the certificate that they are facts of."""
        given = self._tables[kind.table].given(values, der)
        self._collected[kind.table].append(given)
        self._rows += 1
        self._bytes += len(der or b"") + sum(len(values[name] or "") for name in kind.long_columns)
        if self._rows >= ROWS_IN_MEMORY or self._bytes >= BYTES_IN_MEMORY:
            self._write_collected()

    def publish(self) -> None:
        """Make the version current. An import to which nothing was given publishes none.

        Raises NothingToReplaceWith when it was to replace the inventory.
        """
        self._write_collected()
        if self.counts.given == 0:
            if self._replace:
                raise NothingToReplaceWith(
                    "Nothing was read that could replace the inventory, so it stays as it is."
                )
            self.give_up()
            self.version -= 1
            return
        for table in self._tables.values():
            if table.kind.sole is not None and table.has_added:
                self._take_flags_away(table, *table.kind.sole)
        counts = self.counts
        with self._transaction() as transaction:
            transaction.execute(
                "UPDATE inventory_versions SET is_published = 1, added = ?, changed = ?, unchanged = ?, "
                "removed = ? WHERE account = ? AND version = ?",
                (counts.added, counts.changed, counts.unchanged, counts.removed, self._account, self.version),
            )
            self._note_untold(transaction)

    def _note_untold(self, transaction: Transaction) -> None:
        if self._by is None:
            return
        counts = self.counts
        summary = ImportSummary(
            source=self._by.source,
            begun_at=self._now,
            inventory_version=self.version,
            replaced=self._replace,
            added=counts.added,
            changed=counts.changed,
            unchanged=counts.unchanged,
            removed=counts.removed,
            rejected=self.rejected,
        )
        account, _, import_id = self._mine
        note(transaction, UntoldImport(import_id, account, self._by, summary))

    def give_up(self) -> None:
        """Take back what was written, unless that is another import's already."""
        if take_over(self._database, *self._mine):
            discard(self._database, self._account, self.version)

    @contextmanager
    def _transaction(self) -> Iterator[Transaction]:
        """A transaction on the version, as long as it is this import's.

        The lock of imports goes with a connection where the inventory is shared by hosts. If that is lost, another
        import may have begun, taken this one's rows back, and be writing under the same number.
        """
        with self._database.transaction() as transaction:
            if not transaction.execute(OWNED, self._mine):
                raise StoreUnavailable(
                    "The import has lost its lock, and another has begun since. Nothing came of it"
                )
            yield transaction

    def _mark_all(self, kind: Kind) -> None:
        still_there = ("removed_in = ?", (STILL_THERE,))
        for keys in key_ranges(self._database, kind, self._account, *still_there):
            with self._transaction() as transaction:
                transaction.execute(
                    f"UPDATE {kind.table} SET removed_in = ? "
                    f"WHERE account = ? AND {kind.key} BETWEEN ? AND ? AND removed_in = ?",
                    (self.version, self._account, keys[0], keys[-1], STILL_THERE),
                )
            self.counts.removed += len(keys)

    def _write_collected(self) -> None:
        for name, table in self._tables.items():
            records = sorted(self._collected[name], key=lambda record: record.key)
            self._collected[name] = []
            for first in range(0, len(records), ROWS_A_TRANSACTION):
                with self._transaction() as transaction:
                    table.merge(transaction, records[first : first + ROWS_A_TRANSACTION])
        self._rows = self._bytes = 0

    def _take_flags_away(self, table: TableMerge, group: str, flag: str) -> None:
        """Leave the flag to the rows that this import brought, and take it from their groups' other rows."""
        kind = table.kind
        columns = list(kind.columns)
        at = columns.index(flag)
        flagged = (
            f"SELECT {', '.join(columns)} FROM {kind.table} WHERE account = ? AND {flag} = 1 AND removed_in = ? "
            f"AND added_in < ? AND {group} IN (SELECT {group} FROM {kind.table} "
            f"WHERE account = ? AND added_in = ? AND {flag} = 1) LIMIT ?"
        )
        parameters = (self._account, STILL_THERE, self.version, self._account, self.version, kind.rows_a_page)
        while rows := self._database.query(flagged, parameters):
            with self._transaction() as transaction:
                unflagged = ((*row[:at], 0, *row[at + 1 :]) for row in rows)
                table.merge(transaction, [Given(values[columns.index(kind.key)], values) for values in unflagged])
