"""Takes out what was fetched of revocation and no audit that is kept relies on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from events.store.database import Database
from workers.judging.revocation import Lists
from workers.revocation.evidence import Evidence
from workers.revocation.store import RevocationStore

Pruned = Callable[[str, int], None]
"""Told what kind of rows were removed, and how many."""


@dataclass(frozen=True)
class Seen:
    """What there was at a moment. A row is removed only as it was seen: what came again since has changed."""

    evidence: dict[str, int]
    """By id, how often it had been kept."""
    lists: dict[str, int]
    """The same of revoked serial numbers."""
    stale: dict[str, int]
    """By URL, when an answer was fetched that is too old to be asked for, and whose time is over."""


class RevocationPruning:
    """Looks first; removes when it is known who relies on what."""

    def __init__(self, database: Database, pruned: Pruned) -> None:
        """Of the database of a `RevocationStore`."""
        self._database = database
        self._store = RevocationStore(database)
        self._pruned = pruned

    def look(self, *, fetched_before: int, now: int) -> Seen:
        """What there is. Times are epoch milliseconds."""
        query = self._database.query
        return Seen(
            dict(query("SELECT evidence_id, times_kept FROM revocation_evidence")),
            dict(query("SELECT list_id, times_kept FROM revoked_serials")),
            dict(
                query(
                    "SELECT url, fetched_at FROM fetched WHERE fetched_at <= ? AND fresh_until <= ?",
                    (fetched_before, now),
                )
            ),
        )

    def prune(self, seen: Seen, kept_evidence: set[str]) -> Iterator[None]:
        """Remove what was seen, but for the evidence that is kept and the lists in it; a transaction a step."""
        for url, fetched_at in seen.stale.items():
            self._remove("fetched", "DELETE FROM fetched WHERE url = ? AND fetched_at = ?", url, fetched_at)
            yield
        for evidence_id in seen.evidence.keys() - kept_evidence:
            sql = "DELETE FROM revocation_evidence WHERE evidence_id = ? AND times_kept = ?"
            self._remove("revocation_evidence", sql, evidence_id, seen.evidence[evidence_id])
            yield
        relied_on: set[str] = set()
        for evidence_id in seen.evidence.keys() & kept_evidence:
            relied_on |= _lists_in(self._store.evidence(evidence_id))
            yield
        for list_id in seen.lists.keys() - relied_on:
            sql = "DELETE FROM revoked_serials WHERE list_id = ? AND times_kept = ?"
            self._remove("revoked_serials", sql, list_id, seen.lists[list_id])
            yield

    def _remove(self, table: str, sql: str, key: str, as_seen: int) -> None:
        with self._database.transaction() as rows:
            removed = rows.execute(f"{sql} RETURNING 1", (key, as_seen))
        self._pruned(table, len(removed))


def _lists_in(evidence: Evidence) -> set[str]:
    def ids(lists: Lists) -> set[str]:
        return set(lists.list_ids)

    found = [ids(lists) for _, lists in evidence.lists]
    found += [ids(issuer.lists) for _, chain in evidence.chains for issuer in chain.issuers]
    return set().union(*found)
