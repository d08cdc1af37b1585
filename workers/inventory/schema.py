"""The tables of the inventory, generated from its kinds, in the dialect that SQLite and PostgreSQL share."""

from events.store.schema import Steps
from workers.inventory.kinds import KINDS, Kind
from workers.inventory.untold_imports import UNTOLD

STILL_THERE = 2**63 - 1
"""The `removed_in` of a row that no version has removed. A number, so that one comparison does for all rows."""

VERSIONS = """
    CREATE TABLE IF NOT EXISTS inventory_versions (
        account TEXT NOT NULL,
        version BIGINT NOT NULL,
        is_published INTEGER NOT NULL,
        imported_at BIGINT NOT NULL,
        added BIGINT NOT NULL DEFAULT 0,
        changed BIGINT NOT NULL DEFAULT 0,
        unchanged BIGINT NOT NULL DEFAULT 0,
        removed BIGINT NOT NULL DEFAULT 0,
        PRIMARY KEY (account, version)
    )"""

CERTIFICATES = """
    CREATE TABLE IF NOT EXISTS certificates (
        account TEXT NOT NULL,
        certificate_id TEXT NOT NULL,
        added_in BIGINT NOT NULL,
        der BYTEA NOT NULL,
        PRIMARY KEY (account, certificate_id)
    )"""
"""Encodings lie beside the facts, so that a scan of facts does not turn their pages. SQLite takes any name for a
type, PostgreSQL this one."""


def _table(kind: Kind) -> str:
    columns = ", ".join(f"{name} {declaration}" for name, declaration in kind.columns.items())
    return (
        f"CREATE TABLE IF NOT EXISTS {kind.table} (account TEXT NOT NULL, added_in BIGINT NOT NULL, "
        f"removed_in BIGINT NOT NULL, {columns}, PRIMARY KEY (account, {kind.key}, added_in))"
    )


def _index(kind: Kind) -> list[str]:
    if not kind.scanned:
        return []
    covered = ", ".join(("account", kind.key, "added_in", "removed_in", *kind.scanned))
    return [f"CREATE INDEX IF NOT EXISTS {kind.table}_scanned ON {kind.table} ({covered})"]


INVENTORY_TABLES = Steps(
    "inventory",
    {
        "inventory_versions": [VERSIONS],
        "certificates": [CERTIFICATES],
        "import_id": ["ALTER TABLE inventory_versions ADD COLUMN import_id TEXT NOT NULL DEFAULT ''"],
        "untold_imports": [UNTOLD],
        **{kind.table: [_table(kind), *_index(kind)] for kind in KINDS},
    },
)
"""A kind is a step of its own, so that a new one comes to the inventories that there are."""
