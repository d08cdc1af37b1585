"""What differs between two audits of an account: findings that are new, resolved, or in both.

The findings of an audit lie in an index in the order of their identity. So two audits are merged stretch by
stretch, and a page costs the same in small audits and in large ones, except where it has to look for something
rare: from one page to the next, each finding is passed by once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from events.store.database import Row
from events.vocabulary import AccountId, CheckName, TaskId
from projections.audit_findings import AuditFindings, FindingView
from projections.finding_identities import FindingIdentities, FindingIdentity, Sightings
from projections.paging import Page, Slice, rows_needed

Place = tuple[str, str]
"""Where a check's stretch goes on: after this canonical resource and reason code."""

BEGINNING: Place = ("", "")


class DifferenceStatus(StrEnum):
    """What became of a finding from one audit to a later one."""

    NEW = "NEW"
    RESOLVED = "RESOLVED"
    UNCHANGED = "UNCHANGED"


@dataclass(frozen=True, slots=True)
class Audits:
    """Two audits of an account: what has changed in `task_id` since `since`."""

    account: AccountId
    since: TaskId
    task_id: TaskId


@dataclass(frozen=True, slots=True)
class DifferenceCounts:
    """How many findings of a check became what."""

    new: int
    resolved: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of one finding."""

    status: DifferenceStatus
    finding: FindingView
    """As the later audit has it; of a resolved one, as the earlier audit had it."""
    earlier_finding_id: str | None
    """Of a finding that is in both."""
    sightings: Sightings | None


class AuditDifferences:
    """Asks the findings and their identities. It has no tables of its own."""

    def __init__(self, findings: AuditFindings, identities: FindingIdentities) -> None:
        self._findings = findings
        self._identities = identities

    def counts(self, audits: Audits) -> Mapping[CheckName, DifferenceCounts]:
        """Return how many findings of each check became what; a check without findings in either is left out."""
        now, before = self._number(audits, audits.task_id), self._number(audits, audits.since)
        both: dict[CheckName, int] = dict(
            self._findings.query(IN_BOTH, (audits.since, audits.account, audits.task_id))
        )
        return {
            name: DifferenceCounts(
                now.get(name, 0) - both.get(name, 0), before.get(name, 0) - both.get(name, 0), both.get(name, 0)
            )
            for name in sorted({*now, *before})
        }

    def differences(
        self, audits: Audits, checks: Sequence[CheckName], status: DifferenceStatus | None, page: Page
    ) -> Slice[Difference]:
        """Return what became of the findings of some checks, by check, resource and reason.

        A page's key is the name of the last row's check and its finding's id.
        """
        wanted, place = list(checks), BEGINNING
        if page.after is not None:
            check_name, finding_id = (str(each) for each in page.after)
            wanted = [name for name in checks if name >= check_name]
            if wanted and wanted[0] == check_name:
                place = self._place_of(audits.account, finding_id)
        found = self._rows(audits, wanted, status, place, rows_needed(page))
        shown = self._shown(audits.account, found[: page.limit])
        if len(found) <= page.limit:
            return Slice(shown, None)
        name, _, _, later, earlier = found[page.limit - 1]
        return Slice(shown, (name, later or earlier))

    def resources(
        self, audits: Audits, check_name: CheckName, status: DifferenceStatus, at_once: int
    ) -> Iterator[list[str]]:
        """Yield the canonical resources of a check's findings of a status, one for each, some at a time."""
        place = BEGINNING
        while found := self._stretch(audits, check_name, status, place, at_once):
            yield [row[0] for row in found]
            if len(found) < at_once:
                return
            place = found[-1][:2]

    def _number(self, audits: Audits, task_id: TaskId) -> dict[CheckName, int]:
        return dict(self._findings.query(NUMBER, (audits.account, task_id)))

    def _place_of(self, account: AccountId, finding_id: str) -> Place:
        """Where a finding stands. One that is gone meanwhile stood in an audit that is no longer retained."""
        found = self._findings.query(PLACE, (account, finding_id))
        return found[0] if found else BEGINNING

    def _rows(
        self,
        audits: Audits,
        checks: Sequence[CheckName],
        status: DifferenceStatus | None,
        place: Place,
        limit: int,
    ) -> list[Row]:
        """(check, resource, reason, id in the later audit, id in the earlier one), `limit` of them at most."""
        found: list[Row] = []
        for check_name in checks:
            rows = self._stretch(audits, check_name, status, place, limit - len(found))
            found += [(check_name, *row) for row in rows]
            if len(found) == limit:
                break
            place = BEGINNING
        return found

    def _stretch(
        self, audits: Audits, check_name: CheckName, status: DifferenceStatus | None, place: Place, limit: int
    ) -> list[Row]:
        now, before = (audits.account, audits.task_id, check_name), (audits.account, audits.since, check_name)
        if status is None:
            return self._findings.query(MERGED, (*now, *place, limit, *before, *place, limit, limit))
        first, second = (before, now) if status is DifferenceStatus.RESOLVED else (now, before)
        return self._findings.query(STRETCHES[status], (*first, *place, *second, limit))

    def _shown(self, account: AccountId, rows: Sequence[Row]) -> list[Difference]:
        findings = self._findings.named(account, {row[3] or row[4] for row in rows})
        identities = [FindingIdentity(*row[:3]) for row in rows]
        sightings = self._identities.sightings(account, identities)
        return [
            Difference(
                _status(row), findings[row[3] or row[4]], row[4] if row[3] else None, sightings.get(identity)
            )
            for row, identity in zip(rows, identities, strict=True)
            if (row[3] or row[4]) in findings
        ]


def _status(row: Row) -> DifferenceStatus:
    if row[3] is None:
        return DifferenceStatus.RESOLVED
    return DifferenceStatus.NEW if row[4] is None else DifferenceStatus.UNCHANGED


NUMBER = """
    SELECT check_name, COUNT(*) FROM audit_findings WHERE account = ? AND task_id = ? GROUP BY check_name
"""

IN_BOTH = """
    SELECT a.check_name, COUNT(*) FROM audit_findings a JOIN audit_findings b
        ON b.account = a.account AND b.task_id = ? AND b.check_name = a.check_name
        AND b.canonical_resource = a.canonical_resource AND b.reason_code = a.reason_code
    WHERE a.account = ? AND a.task_id = ? GROUP BY a.check_name
"""

PLACE = "SELECT canonical_resource, reason_code FROM audit_findings WHERE account = ? AND finding_id = ?"

_OF_CHECK = "{0}.account = ? AND {0}.task_id = ? AND {0}.check_name = ?"

_FIRST = f"""
    WHERE {_OF_CHECK.format("a")} AND (a.canonical_resource, a.reason_code) > (?, ?)
"""

_SAME = f"""
    {_OF_CHECK.format("b")} AND b.canonical_resource = a.canonical_resource AND b.reason_code = a.reason_code
"""

_ORDER = "ORDER BY a.canonical_resource, a.reason_code LIMIT ?"

_MISSING = f"NOT EXISTS (SELECT 1 FROM audit_findings b WHERE {_SAME})"  # noqa: S608 - ours, as all here

_NOT_IN_THE_OTHER = f"FROM audit_findings a {_FIRST} AND {_MISSING}"

STRETCHES = {
    DifferenceStatus.NEW: (
        f"SELECT a.canonical_resource, a.reason_code, a.finding_id, NULL {_NOT_IN_THE_OTHER} {_ORDER}"
    ),
    DifferenceStatus.RESOLVED: (
        f"SELECT a.canonical_resource, a.reason_code, NULL, a.finding_id {_NOT_IN_THE_OTHER} {_ORDER}"
    ),
    DifferenceStatus.UNCHANGED: (
        "SELECT a.canonical_resource, a.reason_code, a.finding_id, b.finding_id"  # noqa: S608 - ours, as all here
        f" FROM audit_findings a, audit_findings b {_FIRST} AND {_SAME} {_ORDER}"
    ),
}

MERGED = f"""
    SELECT canonical_resource, reason_code, MAX(later), MAX(earlier) FROM (
        SELECT * FROM (
            SELECT a.canonical_resource, a.reason_code, a.finding_id AS later, CAST(NULL AS TEXT) AS earlier
            FROM audit_findings a {_FIRST} {_ORDER}
        ) AS now
        UNION ALL
        SELECT * FROM (
            SELECT a.canonical_resource, a.reason_code, CAST(NULL AS TEXT) AS later, a.finding_id AS earlier
            FROM audit_findings a {_FIRST} {_ORDER}
        ) AS before
    ) AS in_either GROUP BY canonical_resource, reason_code ORDER BY canonical_resource, reason_code LIMIT ?
"""  # noqa: S608 - as above
"""The first rows of both are enough for the first of the two together."""
