"""Since when a finding has been made, audit after audit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, NamedTuple

from events.check_shard import AuditFindingsRecorded
from events.clock import epoch_milliseconds
from events.event import Event
from events.store.database import Database, Transaction
from events.vocabulary import AccountId, CheckName, TaskId
from projections.projection import Handler, Projection

LONGEST_ABSENCE = timedelta(days=400)
"""A finding that no audit made for longer counts as a new one when it comes again. More than a year, so that a
yearly audit knows its findings again; and a limit, so that what is gone for good is forgotten."""

ROWS_AT_ONCE = 500


class FindingIdentity(NamedTuple):
    """What makes a finding the same in every audit of an account."""

    check_name: CheckName
    canonical_resource: str
    """`Resource.canonical`."""
    reason_code: str


@dataclass(frozen=True, slots=True)
class Sightings:
    """The first and the last audit that made a finding, and when each did, in epoch milliseconds."""

    first_task_id: TaskId
    first_seen_at: int
    last_task_id: TaskId
    last_seen_at: int


class FindingIdentities(Projection):
    """Answers since when findings have been there.

    One row for each finding that there ever was, however many audits made it, until it has been absent for long
    (`forget_absent`). What that removes, the handler would begin anew anyway; so to fill the table anew and forget
    again leaves the same rows.
    """

    name = "finding_identities"
    version = 1
    tables: ClassVar = {
        "finding_identities": (
            """
            CREATE TABLE finding_identities (
                account TEXT NOT NULL,
                check_name TEXT NOT NULL,
                canonical_resource TEXT NOT NULL,
                reason_code TEXT NOT NULL,
                first_task_id TEXT NOT NULL,
                first_seen_at BIGINT NOT NULL,
                last_task_id TEXT NOT NULL,
                last_seen_at BIGINT NOT NULL,
                PRIMARY KEY (account, check_name, canonical_resource, reason_code)
            )
            """,
        )
    }

    def recorded(self, rows: Transaction, event: AuditFindingsRecorded) -> None:
        """Note the findings that are new, and for the others that they were seen again."""
        task_id, seen_at = event.shard.task_id, epoch_milliseconds(event.timestamp)
        findings = {(each.resource.canonical, each.reason_code) for each in event.findings}
        sighting = (task_id, seen_at)
        rows.execute_many(
            UPSERT,
            [(event.account, event.shard.check_name, *each, *sighting, *sighting) for each in sorted(findings)],
        )

    def sightings(
        self, account: AccountId, identities: Sequence[FindingIdentity]
    ) -> Mapping[FindingIdentity, Sightings]:
        """Return what is known of some hundred findings."""
        if not identities:
            return {}
        wanted = ", ".join(["(?, ?, ?)"] * len(identities))
        parameters = [value for each in identities for value in each]
        found = self.query(SIGHTINGS.format(wanted=wanted), (*parameters, account))
        return {FindingIdentity(*row[:3]): Sightings(*row[3:]) for row in found}

    handles: ClassVar[Mapping[type[Event], Handler]] = {AuditFindingsRecorded: recorded}


def forget_absent(database: Database, now: int) -> Iterator[int]:
    """Forget what has been absent for longer than counts at `now` (epoch milliseconds); a page of rows a step.

    Each step tells how many rows went with it. The table is walked in the order of its key, for an index by time
    would have to be kept up for every finding of every audit.
    """
    before = now - LONGEST_ABSENCE // timedelta(milliseconds=1)
    after: tuple[str, ...] = ("", "", "", "")
    while rows := database.query(NEXT, (*after, ROWS_AT_ONCE)):
        after = rows[-1][:4]
        absent = [row[:4] for row in rows if row[4] < before]
        if absent:
            with database.transaction() as transaction:
                transaction.execute_many(FORGET, [(*key, before) for key in absent])
        yield len(absent)


_LONGEST_ABSENCE_MS = LONGEST_ABSENCE // timedelta(milliseconds=1)

UPSERT = f"""
    INSERT INTO finding_identities (
        account, check_name, canonical_resource, reason_code,
        first_task_id, first_seen_at, last_task_id, last_seen_at
    ) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (account, check_name, canonical_resource, reason_code) DO UPDATE SET
        first_task_id = CASE
            WHEN excluded.last_seen_at - finding_identities.last_seen_at > {_LONGEST_ABSENCE_MS}
            THEN excluded.first_task_id ELSE finding_identities.first_task_id END,
        first_seen_at = CASE
            WHEN excluded.last_seen_at - finding_identities.last_seen_at > {_LONGEST_ABSENCE_MS}
            THEN excluded.first_seen_at ELSE finding_identities.first_seen_at END,
        last_task_id = excluded.last_task_id, last_seen_at = excluded.last_seen_at
    WHERE excluded.last_seen_at > finding_identities.last_seen_at
        AND excluded.last_task_id <> finding_identities.last_task_id
"""  # noqa: S608 - a number of ours
"""Within an audit the first sighting stands; and an event that comes again changes nothing."""

SIGHTINGS = """
    WITH wanted (check_name, canonical_resource, reason_code) AS (VALUES {wanted})
    SELECT f.check_name, f.canonical_resource, f.reason_code,
        f.first_task_id, f.first_seen_at, f.last_task_id, f.last_seen_at
    FROM wanted w CROSS JOIN finding_identities f
    WHERE f.account = ? AND f.check_name = w.check_name
        AND f.canonical_resource = w.canonical_resource AND f.reason_code = w.reason_code
"""
"""CROSS, so that SQLite looks up what is wanted, and does not read through the account's findings instead."""

NEXT = """
    SELECT account, check_name, canonical_resource, reason_code, last_seen_at FROM finding_identities
    WHERE (account, check_name, canonical_resource, reason_code) > (?, ?, ?, ?)
    ORDER BY account, check_name, canonical_resource, reason_code LIMIT ?
"""

FORGET = """
    DELETE FROM finding_identities WHERE account = ? AND check_name = ? AND canonical_resource = ?
    AND reason_code = ? AND last_seen_at < ?
"""
