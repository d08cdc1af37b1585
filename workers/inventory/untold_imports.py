"""Imports that are published, and of which the log does not know yet.

An import and the log are in two stores. So the import leaves a note in the transaction that publishes it; the note
goes when the log has told of it. Whoever dies between leaves it for the next one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from events.clock import epoch_milliseconds, from_epoch_milliseconds
from events.inventory_import import ImportSource, ImportSummary
from events.store.database import Database, Row, Transaction
from events.vocabulary import AccountId

UNTOLD = """
    CREATE TABLE IF NOT EXISTS untold_imports (
        import_id TEXT PRIMARY KEY,
        account TEXT NOT NULL,
        actor TEXT NOT NULL,
        request_id TEXT NOT NULL,
        source TEXT NOT NULL,
        begun_at BIGINT NOT NULL,
        version BIGINT NOT NULL,
        replaced INTEGER NOT NULL,
        added BIGINT NOT NULL,
        changed BIGINT NOT NULL,
        unchanged BIGINT NOT NULL,
        removed BIGINT NOT NULL,
        rejected BIGINT NOT NULL
    )"""

COLUMNS = (
    "import_id, account, actor, request_id, source, begun_at, version, replaced, "
    "added, changed, unchanged, removed, rejected"
)

NOTE = f"INSERT INTO untold_imports ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


@dataclass(frozen=True)
class ImportedBy:
    """Who asked for an import, and which way it came."""

    actor: str
    request_id: str
    source: ImportSource


@dataclass(frozen=True)
class UntoldImport:
    """An import, and whose it is."""

    import_id: str
    account: AccountId
    by: ImportedBy
    summary: ImportSummary


class UntoldImports:
    """The notes. Any thread or process may read and drop them."""

    def __init__(self, database: Database) -> None:
        """Of an inventory's database, in which the table is."""
        self._database = database

    def all(self) -> Sequence[UntoldImport]:
        """Those of every account, each account's in the order of its versions."""
        sql = f"SELECT {COLUMNS} FROM untold_imports ORDER BY account, version"
        return [_read(row) for row in self._database.query(sql)]

    def drop(self, import_id: str) -> None:
        """The log knows of this one."""
        with self._database.transaction() as transaction:
            transaction.execute("DELETE FROM untold_imports WHERE import_id = ?", (import_id,))


def note(transaction: Transaction, untold: UntoldImport) -> None:
    """Note an import in the transaction that publishes it."""
    by, summary = untold.by, untold.summary
    transaction.execute(
        NOTE,
        (
            *(untold.import_id, untold.account, by.actor, by.request_id, by.source),
            *(epoch_milliseconds(summary.begun_at), summary.inventory_version, int(summary.replaced)),
            *(summary.added, summary.changed, summary.unchanged, summary.removed, summary.rejected),
        ),
    )


def _read(row: Row) -> UntoldImport:
    import_id, account, actor, request_id, source, begun_at, version, replaced, *counts = row
    origin = ImportSource(source)
    return UntoldImport(
        import_id,
        account,
        ImportedBy(actor, request_id, origin),
        ImportSummary(origin, from_epoch_milliseconds(begun_at), version, bool(replaced), *counts),
    )
