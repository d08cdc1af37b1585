"""Reads certificates themselves, where the facts of them do not do: to verify who signed whom."""

from collections.abc import Iterable

from events.store.database import Database
from events.vocabulary import AccountId
from workers.inventory.kinds import CA_CERTIFICATES, Examines
from workers.inventory.rows import Row
from workers.inventory.scope import Scope

NAMES_A_QUERY = 500


class CertificateReader:
    """Questions to the inventory's tables. Every method raises StoreUnavailable when they can't be read."""

    def __init__(self, database: Database) -> None:
        """`database` is the inventory's, whose tables are there (`workers/inventory/store.py`)."""
        self._database = database

    def distinct(
        self, account: AccountId, examines: Examines, version: int, columns: tuple[str, ...], limit: int
    ) -> list[Row]:
        """The distinct values of columns within a scope, each with one key that has them at its end; in order.

        At most `limit`, those with the most rows first.
        """
        names, key = ", ".join(columns), examines.kind.key
        select, parameters = Scope(account, examines, version).select(f"{names}, MIN({key}) AS sample")
        return self._database.query(
            f"{select} GROUP BY {names} ORDER BY COUNT(*) DESC, sample LIMIT ?", (*parameters, limit)
        )

    def encoding(self, account: AccountId, certificate_id: str) -> bytes | None:
        """A certificate's DER encoding; None when the inventory has only said what it is."""
        found = self._database.query(
            "SELECT der FROM certificates WHERE account = ? AND certificate_id = ?", (account, certificate_id)
        )
        return bytes(found[0][0]) if found else None

    def ca_certificates(self, account: AccountId, version: int, subjects: Iterable[str]) -> list[bytes]:
        """The encodings of the CA certificates, of whatever status, that have one of these names."""
        names = sorted(subjects)
        found: list[bytes] = []
        for first in range(0, len(names), NAMES_A_QUERY):
            examines = Examines(CA_CERTIFICATES, (), only={"subject": tuple(names[first : first + NAMES_A_QUERY])})
            select, parameters = Scope(account, examines, version).select("certificate_id")
            rows = self._database.query(
                f"SELECT der FROM certificates WHERE account = ? AND certificate_id IN ({select}) "
                "ORDER BY certificate_id",
                (account, *parameters),
            )
            found += [bytes(der) for (der,) in rows]
        return found
