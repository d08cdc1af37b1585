"""Where what was read of an account lies until a kind is complete: in the inventory's database.

A reading may take hours and several processes. `account_readings` says how far the last reading of each kind came,
`account_listed` what its listing said, and `account_details` what was told of single resources. A certificate that
the inventory has already needs no detail.
"""

import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
import orjson

from events.store.database import Database
from events.store.schema import Steps
from events.vocabulary import AccountId
from workers.aws_account.outcome import Outcome
from workers.aws_account.reading import Detail, Details, Entry, Listed, Reading
from workers.inventory.kinds import DEVICE_CERTIFICATES, Kind

SCHEMA = (
    """CREATE TABLE IF NOT EXISTS account_readings (
        account TEXT NOT NULL, resource_type TEXT NOT NULL,
        started_at BIGINT NOT NULL, -- epoch milliseconds
        from_version BIGINT NOT NULL, -- of the inventory, when it began
        marker TEXT, -- where the listing goes on
        is_listed INTEGER NOT NULL, -- whether the listing was read to its end
        outcome TEXT, -- JSON; NULL while the reading has not ended
        PRIMARY KEY (account, resource_type))""",
    """CREATE TABLE IF NOT EXISTS account_listed (
        account TEXT NOT NULL, resource_type TEXT NOT NULL, key TEXT NOT NULL,
        entry TEXT NOT NULL, -- JSON
        PRIMARY KEY (account, resource_type, key))""",
    """CREATE TABLE IF NOT EXISTS account_details (
        account TEXT NOT NULL, resource_type TEXT NOT NULL, key TEXT NOT NULL,
        detail TEXT NOT NULL, -- JSON; null: the resource is gone
        PRIMARY KEY (account, resource_type, key))""",
)

ACCOUNT_READING_TABLES = Steps("account_readings", {"account_readings": SCHEMA})


@dataclass(frozen=True)
class ReadingState:
    """How far the last reading of a kind came."""

    started_at: int
    from_version: int
    marker: str | None
    is_listed: bool
    outcome: Outcome | None


class Staged(NamedTuple):
    """One resource that was listed. Its detail is None when nobody has asked for it yet."""

    key: str
    entry: Entry
    detail: Detail | None
    is_gone: bool


class Staging:
    """The three tables, for one kind of one account. Methods raise StoreUnavailable."""

    def __init__(self, database: Database, account: AccountId, reading: Reading) -> None:
        self._database = database
        self._details = reading.details
        self._kind = reading.kind
        self._at = (account, reading.kind.resource_type)

    def begin(self, started_at: int, from_version: int) -> None:
        """Begin a reading anew; details that never change stay."""
        fleeting = "" if self._details is Details.FLEETING else "AND detail = 'null'"
        with self._database.transaction() as rows:
            rows.execute("DELETE FROM account_listed WHERE account = ? AND resource_type = ?", self._at)
            rows.execute(
                f"DELETE FROM account_details WHERE account = ? AND resource_type = ? {fleeting}",  # noqa: S608
                self._at,
            )
            rows.execute(
                "INSERT INTO account_readings (account, resource_type, started_at, from_version, is_listed) "
                "VALUES (?, ?, ?, ?, 0) ON CONFLICT (account, resource_type) DO UPDATE SET "
                "started_at = excluded.started_at, from_version = excluded.from_version, marker = NULL, "
                "is_listed = 0, outcome = NULL",
                (*self._at, started_at, from_version),
            )

    def keep_listed(self, listed: Listed) -> None:
        """Keep a piece of the listing, and where it goes on."""
        with self._database.transaction() as rows:
            rows.execute_many(
                "INSERT INTO account_listed (account, resource_type, key, entry) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (account, resource_type, key) DO UPDATE SET entry = excluded.entry",
                ((*self._at, key, _json(entry)) for key, entry in listed.entries.items()),
            )
            rows.execute(
                "UPDATE account_readings SET marker = ?, is_listed = ? WHERE account = ? AND resource_type = ?",
                (listed.next, int(listed.next is None), *self._at),
            )

    def keep_details(self, details: Mapping[str, Detail | None]) -> None:
        """Keep what was told of some resources; None of one that is gone."""
        with self._database.transaction() as rows:
            rows.execute_many(
                "INSERT INTO account_details (account, resource_type, key, detail) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (account, resource_type, key) DO UPDATE SET detail = excluded.detail",
                ((*self._at, key, _json(detail)) for key, detail in details.items()),
            )

    def end(self, outcome: Outcome) -> None:
        """Note how the reading ended, and clear away what is not needed for another one.

        After a failure everything stays, for a listing that is refused today has been paid for.
        """
        with self._database.transaction() as rows:
            rows.execute(
                "UPDATE account_readings SET outcome = ? WHERE account = ? AND resource_type = ?",
                (msgspec.json.encode(outcome).decode(), *self._at),
            )
            if outcome.failure is not None:
                return
            if self._details is Details.KEPT:
                rows.execute(
                    "DELETE FROM account_details WHERE account = ? AND resource_type = ? AND key NOT IN "
                    "(SELECT key FROM account_listed WHERE account = ? AND resource_type = ?)",
                    (*self._at, *self._at),
                )
            else:
                rows.execute("DELETE FROM account_details WHERE account = ? AND resource_type = ?", self._at)
            rows.execute("DELETE FROM account_listed WHERE account = ? AND resource_type = ?", self._at)

    def state(self) -> ReadingState | None:
        """How far the last reading came; None if there was none."""
        return reading_state(self._database, *self._at)

    def count(self) -> int:
        """How many resources are listed so far."""
        [(number,)] = self._database.query(
            "SELECT COUNT(*) FROM account_listed WHERE account = ? AND resource_type = ?", self._at
        )
        return int(number)

    def page(self, after: str, limit: int, *, only_undescribed: bool = False) -> list[Staged]:
        """Listed resources whose keys are above `after`, in order, with what is known of them."""
        if self._details is Details.IN_INVENTORY:
            known, tables = self._of_inventory()
        else:
            known, tables = "NULL, NULL", ""
        undescribed = "AND d.detail IS NULL" if only_undescribed else ""
        if only_undescribed and tables:
            undescribed += " AND c.der IS NULL"
        rows = self._database.query(
            f"SELECT l.key, l.entry, d.detail, {known} FROM account_listed l "  # noqa: S608 - our own names
            "LEFT JOIN account_details d ON d.account = l.account AND d.resource_type = l.resource_type "
            f"AND d.key = l.key {tables} WHERE l.account = ? AND l.resource_type = ? AND l.key > ? {undescribed} "
            "ORDER BY l.key LIMIT ?",
            (*self._at, after, limit),
        )
        return [_staged(*row) for row in rows]

    def _of_inventory(self) -> tuple[str, str]:
        """The columns and the join that find a certificate which the inventory has."""
        issuer = "NULL"
        if self._kind is DEVICE_CERTIFICATES:
            issuer = (
                "(SELECT t.ca_certificate_id FROM device_certificates t WHERE t.account = l.account "
                "AND t.certificate_id = l.key ORDER BY t.added_in DESC LIMIT 1)"
            )
        return (
            f"c.der, {issuer}",
            "LEFT JOIN certificates c ON c.account = l.account AND c.certificate_id = l.key",
        )


def make_tables(database: Database) -> None:
    """Raise SchemaMissing when the tables are not there and are not for this process to make."""
    database.prepare(ACCOUNT_READING_TABLES)


def reading_state(database: Database, account: AccountId, resource_type: str) -> ReadingState | None:
    """How far the last reading of a kind came; None if there was none."""
    found = database.query(
        "SELECT started_at, from_version, marker, is_listed, outcome FROM account_readings "
        "WHERE account = ? AND resource_type = ?",
        (account, resource_type),
    )
    for started_at, from_version, marker, is_listed, outcome in found:
        ended = None if outcome is None else msgspec.json.decode(outcome, type=Outcome)
        return ReadingState(started_at, from_version, marker, bool(is_listed), ended)
    return None


def named_roles(
    database: Database, account: AccountId, referring: Iterable[tuple[Kind, str]], version: int
) -> set[str]:
    """The ARNs in columns that hold JSON lists of them, of the resources that are there at a version."""
    found: set[str] = set()
    for kind, column in referring:
        rows = database.query(
            f"SELECT {column} FROM {kind.table} "  # noqa: S608 - names of kinds.py
            f"WHERE account = ? AND added_in <= ? AND removed_in > ? AND {column} IS NOT NULL",
            (account, version, version),
        )
        for (listed,) in rows:
            found.update(orjson.loads(listed))
    return found


def _staged(key: str, entry: str, detail: str | None, der: bytes | None, issuer: str | None) -> Staged:
    if detail is not None:
        described = orjson.loads(detail)
        return Staged(key, orjson.loads(entry), described, is_gone=described is None)
    known = None
    if der is not None:
        known = {"certificatePem": ssl.DER_cert_to_PEM_cert(bytes(der)), "caCertificateId": issuer}
    return Staged(key, orjson.loads(entry), known, is_gone=False)


def _json(value: Any) -> str:
    return orjson.dumps(value, default=str).decode()
