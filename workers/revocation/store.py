"""What was fetched, and what was made of it, kept in the inventory's database.

`fetched` has the last answer of each URL, so that a list is fetched again only when it has to be. What audits rely
on lies in the other two tables under the hash of its contents and never changes: a shard that is judged twice, and
an audit that is judged again, see the same. `workers/retention/` removes what no audit that is kept relies on.
"""

import hashlib
from dataclasses import dataclass

import msgspec

from events.store.database import Database
from events.store.schema import Steps
from workers.judging.revoked_serials import RevokedSerials
from workers.revocation.evidence import Evidence
from workers.revocation.failure import Unusable

SCHEMA = (
    """CREATE TABLE IF NOT EXISTS fetched (
        url TEXT NOT NULL PRIMARY KEY,
        fetched_at BIGINT NOT NULL, -- epoch milliseconds
        fresh_until BIGINT NOT NULL, -- epoch milliseconds; 0 until the answer was verified
        body BYTEA,
        failure TEXT -- why there is no body
    )""",
    """CREATE TABLE IF NOT EXISTS revoked_serials (
        list_id TEXT NOT NULL PRIMARY KEY, -- SHA-256 of the list
        width INTEGER NOT NULL,
        packed BYTEA NOT NULL
    )""",
    """CREATE TABLE IF NOT EXISTS revocation_evidence (
        evidence_id TEXT NOT NULL PRIMARY KEY, -- SHA-256 of the evidence
        evidence BYTEA NOT NULL -- JSON
    )""",
)

TIMES_KEPT = (
    "ALTER TABLE revoked_serials ADD COLUMN times_kept BIGINT NOT NULL DEFAULT 1",
    "ALTER TABLE revocation_evidence ADD COLUMN times_kept BIGINT NOT NULL DEFAULT 1",
)
"""How often somebody has kept the same: who removes what is old sees whether it has come again meanwhile."""

REVOCATION_TABLES = Steps("revocation", {"revocation": SCHEMA, "times_kept": TIMES_KEPT})


class EvidenceGone(LookupError):  # noqa: N818 - what has happened to it
    """What a check was judged by is no longer kept: no audit that is retained relies on it."""


@dataclass(frozen=True)
class Fetched:
    """The last answer of a URL."""

    answer: bytes | Unusable
    fetched_at: int
    fresh_until: int


class RevocationStore:
    """Reads and writes the three tables. Every method raises StoreUnavailable when the database can't be used."""

    def __init__(self, database: Database) -> None:
        """Raise SchemaMissing when the tables are not there and are not for this process to make."""
        self._database = database
        database.prepare(REVOCATION_TABLES)

    def fetched(self, url: str) -> Fetched | None:
        """The last answer of a URL, if it was ever asked."""
        found = self._database.query(
            "SELECT body, failure, fetched_at, fresh_until FROM fetched WHERE url = ?", (url,)
        )
        for body, failure, fetched_at, fresh_until in found:
            return Fetched(bytes(body) if failure is None else Unusable(failure), fetched_at, fresh_until)
        return None

    def is_fresh(self, url: str, *, since: int, now: int) -> bool:
        """Tell whether a URL was asked `since` then, or has an answer that still holds `now`."""
        return bool(
            self._database.query(
                "SELECT 1 FROM fetched WHERE url = ? AND (fetched_at >= ? OR fresh_until > ?)", (url, since, now)
            )
        )

    def keep_fetched(self, url: str, answer: bytes | Unusable, fetched_at: int) -> None:
        """Keep the answer of a URL instead of its last one."""
        body, failure = (None, str(answer)) if isinstance(answer, Unusable) else (answer, None)
        with self._database.transaction() as transaction:
            transaction.execute(
                "INSERT INTO fetched (url, fetched_at, fresh_until, body, failure) VALUES (?, ?, 0, ?, ?) "
                "ON CONFLICT (url) DO UPDATE SET fetched_at = excluded.fetched_at, fresh_until = 0, "
                "body = excluded.body, failure = excluded.failure",
                (url, fetched_at, body, failure),
            )

    def keep_fresh(self, url: str, until: int) -> None:
        """Note that the answer of a URL was verified, and need not be fetched again until some time."""
        with self._database.transaction() as transaction:
            transaction.execute("UPDATE fetched SET fresh_until = ? WHERE url = ?", (until, url))

    def keep_revoked(self, list_id: str, revoked: RevokedSerials) -> None:
        """Keep what is on a list."""
        with self._database.transaction() as transaction:
            transaction.execute(
                "INSERT INTO revoked_serials (list_id, width, packed) VALUES (?, ?, ?) "
                "ON CONFLICT (list_id) DO UPDATE SET times_kept = revoked_serials.times_kept + 1",
                (list_id, revoked.width, revoked.packed),
            )

    def keep_known(self, list_id: str) -> bool:
        """Tell whether what is on a list is known already; it then counts as kept once more."""
        with self._database.transaction() as transaction:
            return bool(
                transaction.execute(
                    "UPDATE revoked_serials SET times_kept = times_kept + 1 WHERE list_id = ? RETURNING list_id",
                    (list_id,),
                )
            )

    def revoked(self, list_id: str) -> RevokedSerials:
        """What is on a list that was kept; raise EvidenceGone if it no longer is."""
        for width, packed in self._database.query(
            "SELECT width, packed FROM revoked_serials WHERE list_id = ?", (list_id,)
        ):
            return RevokedSerials(width, bytes(packed))
        raise EvidenceGone(f"The revocation list {list_id} is no longer kept.")

    def keep_evidence(self, evidence: Evidence) -> str:
        """Keep what was collected for a check, and return the id under which it is found again."""
        written = msgspec.json.encode(evidence)
        evidence_id = hashlib.sha256(written).hexdigest()
        with self._database.transaction() as transaction:
            transaction.execute(
                "INSERT INTO revocation_evidence (evidence_id, evidence) VALUES (?, ?) "
                "ON CONFLICT (evidence_id) DO UPDATE SET times_kept = revocation_evidence.times_kept + 1",
                (evidence_id, written),
            )
        return evidence_id

    def evidence(self, evidence_id: str) -> Evidence:
        """What was collected for a check; raise EvidenceGone if it is no longer kept."""
        for (written,) in self._database.query(
            "SELECT evidence FROM revocation_evidence WHERE evidence_id = ?", (evidence_id,)
        ):
            return msgspec.json.decode(bytes(written), type=Evidence)
        raise EvidenceGone(f"The evidence {evidence_id} is no longer kept.")

    def close(self) -> None:
        """Close the database. Calls after it fail."""
        self._database.close()
