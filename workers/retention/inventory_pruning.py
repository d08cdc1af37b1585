"""Takes out of the inventory what no audit that is kept can refer to."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence

from events.store.database import Database, Transaction
from events.vocabulary import AccountId
from workers.inventory.key_ranges import ROWS_A_TRANSACTION
from workers.inventory.kinds import CA_CERTIFICATES, DEVICE_CERTIFICATES, KINDS, Kind

Pruned = Callable[[str, int], None]
"""Told what kind of rows were removed, and how many."""


class InventoryPruning:
    """Removes rows that are seen at none of some versions, the current one among them.

    Only rows that a published version has removed. What an import is writing meanwhile is not touched: its rows
    and its marks bear the number of a version to come.
    """

    def __init__(self, database: Database, pruned: Pruned) -> None:
        """Of the inventory's database."""
        self._database = database
        self._pruned = pruned

    def accounts(self) -> list[AccountId]:
        """Those that have an inventory."""
        found = self._database.query("SELECT DISTINCT account FROM inventory_versions WHERE is_published = 1")
        return [AccountId(account) for (account,) in found]

    def prune(self, account: AccountId, kept: Sequence[int]) -> Iterator[None]:
        """Leave what is seen at the `kept` versions, in order, of which the last was current.

        A step is a page that was looked at, and a transaction at most.

        A row is seen at the versions from the one that added it up to the one before that which removed it.
        """
        for kind in KINDS:
            after = ("", -1)
            while rows := self._superseded(kind, account, after, kept[-1]):
                yield from self._remove(
                    kind, account, [row[:2] for row in rows if not _is_seen(kept, row[1], row[2])]
                )
                after = rows[-1][:2]
        yield from self._forget_versions(account, kept)

    def _superseded(
        self, kind: Kind, account: AccountId, after: tuple[str, int], current: int
    ) -> list[tuple[str, int, int]]:
        found = self._database.query(
            f"SELECT {kind.key}, added_in, removed_in FROM {kind.table} WHERE account = ? "  # noqa: S608 - kinds.py
            f"AND ({kind.key}, added_in) > (?, ?) AND removed_in <= ? ORDER BY {kind.key}, added_in LIMIT ?",
            (account, *after, current, ROWS_A_TRANSACTION),
        )
        return [(key, added_in, removed_in) for key, added_in, removed_in in found]

    def _remove(self, kind: Kind, account: AccountId, rows: Sequence[tuple[str, int]]) -> Iterator[None]:
        if not rows:
            yield
            return
        encodings = 0
        with self._database.transaction() as transaction:
            transaction.execute_many(
                f"DELETE FROM {kind.table} WHERE account = ? AND {kind.key} = ? AND added_in = ?",  # noqa: S608
                [(account, *row) for row in rows],
            )
            if kind in (DEVICE_CERTIFICATES, CA_CERTIFICATES):
                encodings = _remove_encodings(transaction, account, sorted({key for key, _ in rows}))
        self._pruned(kind.table, len(rows))
        self._pruned("certificates", encodings)
        yield

    def _forget_versions(self, account: AccountId, kept: Sequence[int]) -> Iterator[None]:
        sql = "SELECT version FROM inventory_versions WHERE account = ? AND version < ? AND is_published = 1"
        found = self._database.query(sql, (account, kept[-1]))
        unnamed = sorted({version for (version,) in found}.difference(kept))
        for first in range(0, len(unnamed), ROWS_A_TRANSACTION):
            versions = unnamed[first : first + ROWS_A_TRANSACTION]
            with self._database.transaction() as transaction:
                transaction.execute_many(
                    "DELETE FROM inventory_versions WHERE account = ? AND version = ?",
                    [(account, version) for version in versions],
                )
            self._pruned("inventory_versions", len(versions))
            yield


def _is_seen(kept: Sequence[int], added_in: int, removed_in: int) -> bool:
    first = bisect_left(kept, added_in)
    return first < len(kept) and kept[first] < removed_in


def _remove_encodings(transaction: Transaction, account: AccountId, ids: Sequence[str]) -> int:
    """Remove the encodings of certificates of which no row is left.

    An import writes an encoding and its row in one transaction, so none is taken from under it.
    """
    return sum(len(transaction.execute(UNUSED_ENCODING, (account, certificate_id))) for certificate_id in ids)


UNUSED_ENCODING = """
    DELETE FROM certificates WHERE account = ? AND certificate_id = ?
    AND NOT EXISTS (SELECT 1 FROM device_certificates d
        WHERE d.account = certificates.account AND d.certificate_id = certificates.certificate_id)
    AND NOT EXISTS (SELECT 1 FROM ca_certificates c
        WHERE c.account = certificates.account AND c.certificate_id = certificates.certificate_id)
    RETURNING certificate_id
"""
