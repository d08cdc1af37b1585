"""How an unpublished version is taken back."""

from events.store.database import Database
from events.vocabulary import AccountId
from workers.inventory.key_ranges import key_ranges
from workers.inventory.kinds import KINDS
from workers.inventory.schema import STILL_THERE


def discard_unfinished(database: Database) -> None:
    """Take back what imports left behind whose process died."""
    unfinished = "SELECT account, version, import_id FROM inventory_versions WHERE is_published = 0"
    for account, version, import_id in database.query(unfinished):
        take_over(database, account, version, import_id)
        discard(database, account, version)


def take_over(database: Database, account: AccountId, version: int, import_id: str) -> bool:
    """Take an unpublished version away from the import that writes it, which can then write no more.

    Tell whether it was that import's still.
    """
    with database.transaction() as transaction:
        return bool(
            transaction.execute(
                "UPDATE inventory_versions SET import_id = '' WHERE account = ? AND version = ? AND import_id = ? "
                "AND is_published = 0 RETURNING version",
                (account, version, import_id),
            )
        )


def discard(database: Database, account: AccountId, version: int) -> None:
    """Take back an unpublished version: its rows, its marks, and at last the note that it was begun."""
    for kind in KINDS:
        touched = ("(added_in = ? OR removed_in = ?)", (version, version))
        for keys in key_ranges(database, kind, account, *touched):
            range_ = f"WHERE account = ? AND {kind.key} BETWEEN ? AND ?"
            parameters = (account, keys[0], keys[-1], version)
            with database.transaction() as transaction:
                transaction.execute(f"DELETE FROM {kind.table} {range_} AND added_in = ?", parameters)
                transaction.execute(
                    f"UPDATE {kind.table} SET removed_in = ? {range_} AND removed_in = ?",
                    (STILL_THERE, *parameters),
                )
                transaction.execute_many(
                    "DELETE FROM certificates WHERE account = ? AND certificate_id = ? AND added_in = ?",
                    [(account, key, version) for key in keys],
                )
    with database.transaction() as transaction:
        transaction.execute("DELETE FROM inventory_versions WHERE account = ? AND version = ?", (account, version))
