"""The findings of an account's audits."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from events.check_shard import AuditFindingsRecorded
from events.clock import epoch_milliseconds
from events.event import Event
from events.identifiers import FindingIds, check_run_id
from events.resource import RelatedResource, Resource
from events.store.database import Database, Row, Transaction
from events.vocabulary import AccountId, CheckName, ResourceType, Severity, TaskId
from projections.finding_search import (
    COLUMNS,
    NEWEST_FIRST,
    UNINDEXED,
    FindingFilter,
    FindingSearch,
    ResourceMatch,
)
from projections.json_column import JsonColumn
from projections.paging import Page, Slice, in_order
from projections.projection import Handler, Projection

__all__ = ["AuditFindings", "FindingFilter", "FindingView", "ResourceMatch"]


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding: one reason why one resource does not comply. Times are epoch milliseconds."""

    finding_id: str
    task_id: TaskId
    check_name: CheckName
    task_started_at: int
    found_at: int
    severity: Severity
    resource: Resource
    additional_info: Mapping[str, str]
    related_resources: tuple[RelatedResource, ...]
    reason: str
    reason_code: str
    is_suppressed: bool


class AuditFindings(Projection):
    """Answers ListAuditFindings, DescribeAuditFinding and ListRelatedResourcesForAuditFinding.

    A finding is there once, as it was found first, however many events tell of it: two shards may meet the same
    issuer, and a position between two pages must not move. `is_suppressed` comes early in every index because a
    list may ask for the suppressed only, of which there may be few or none among millions.
    """

    name = "audit_findings"
    version = 2
    tables: ClassVar = {
        "audit_findings": (
            """
            CREATE TABLE audit_findings (
                account TEXT NOT NULL,
                finding_id TEXT NOT NULL PRIMARY KEY,
                task_id TEXT NOT NULL,
                check_name TEXT NOT NULL,
                task_started_at BIGINT NOT NULL,
                found_at BIGINT NOT NULL,
                severity TEXT NOT NULL,
                canonical_resource TEXT NOT NULL,
                resource_type TEXT NOT NULL,
                resource_identifier TEXT NOT NULL,
                additional_info TEXT NOT NULL,
                related_resources TEXT NOT NULL,
                reason TEXT NOT NULL,
                reason_code TEXT NOT NULL,
                is_suppressed BIGINT NOT NULL
            )
            """,
            "CREATE INDEX audit_findings_by_time ON audit_findings (account, is_suppressed, found_at, finding_id)",
            (
                "CREATE INDEX audit_findings_by_check"
                " ON audit_findings (account, is_suppressed, check_name, found_at, finding_id)"
            ),
            (
                "CREATE INDEX audit_findings_by_task"
                " ON audit_findings (account, is_suppressed, task_id, found_at, finding_id)"
            ),
            (
                "CREATE INDEX audit_findings_by_task_and_check"
                " ON audit_findings (account, is_suppressed, task_id, check_name, found_at, finding_id)"
            ),
            (
                "CREATE INDEX audit_findings_by_resource"
                " ON audit_findings (account, is_suppressed, canonical_resource, found_at, finding_id)"
            ),
            # What an audit found in the order of what stays the same from audit to audit: two merge in one pass.
            (
                "CREATE INDEX audit_findings_by_identity"
                " ON audit_findings (account, task_id, check_name, canonical_resource, reason_code)"
            ),
        )
    }

    finds_rows_by_key = True

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._search = FindingSearch(self.query)
        self._identifier = JsonColumn(dict[str, Any])
        self._info = JsonColumn(dict[str, str])
        self._related = JsonColumn(tuple[RelatedResource, ...])

    def recorded(self, rows: Transaction, event: AuditFindingsRecorded) -> None:
        """Add findings."""
        rows.execute_many(INSERT, self._rows(event))

    def _rows(self, event: AuditFindingsRecorded) -> Iterator[Row]:
        account, task_id, check_name = event.account, event.shard.task_id, event.shard.check_name
        id_of, severity = FindingIds(check_run_id(account, task_id, check_name)).of, event.severity.value
        task_started_at, found_at = (epoch_milliseconds(each) for each in (event.task_started_at, event.timestamp))
        identifier, info, related = self._identifier.write, self._info.write, self._related.write
        for finding in event.findings:
            resource, reason_code = finding.resource, finding.reason_code
            canonical = resource.canonical
            yield (
                account,
                found_at,
                id_of(canonical, reason_code),
                task_id,
                check_name,
                task_started_at,
                severity,
                resource.type.value,
                identifier(dict(resource.identifier)),
                info(dict(finding.additional_info)),
                related(finding.related_resources) if finding.related_resources else "[]",
                finding.reason,
                reason_code,
                0,
                canonical,
            )

    def list(self, account: AccountId, wanted: FindingFilter, page: Page) -> Slice[FindingView]:
        """Return the account's findings that the filter wants, newest first, those of one moment by their id."""
        return NEWEST_FIRST.slice(self._search.find(account, wanted, page), page, self._view)

    def describe(self, account: AccountId, finding_id: str) -> FindingView | None:
        """Return one finding of the account; None if there is none of this id."""
        rows = self.query(FINDING, (account, finding_id))
        return self._view(rows[0]) if rows else None

    def named(self, account: AccountId, finding_ids: Collection[str]) -> Mapping[str, FindingView]:
        """Return those of some hundred findings that there are, by their ids."""
        places = ", ".join("?" * len(finding_ids))
        of_account = UNINDEXED.format("account")  # the primary key alone leads to each
        sql = f"SELECT {', '.join(COLUMNS)} FROM audit_findings WHERE {of_account} AND finding_id IN ({places})"  # noqa: S608 - ours
        views = [self._view(row) for row in self.query(sql, (account, *finding_ids))] if finding_ids else []
        return {view.finding_id: view for view in views}

    def task_of(self, account: AccountId, finding_id: str) -> TaskId | None:
        """Return the audit that a finding is of; None if there is no such finding."""
        rows = self.query(
            "SELECT task_id FROM audit_findings WHERE account = ? AND finding_id = ?", (account, finding_id)
        )
        return TaskId(rows[0][0]) if rows else None

    def related_resources(self, account: AccountId, finding_id: str, page: Page) -> Slice[RelatedResource] | None:
        """Return a finding's related resources as its check named them; None if there is no such finding.

        They never change, so a page ends at a place in that order, counted from 1.
        """
        rows = self.query(RELATED_RESOURCES, (account, finding_id))
        return in_order(self._related.read(rows[0][0]), page) if rows else None

    def _view(self, row: Row) -> FindingView:
        (
            found_at,
            finding_id,
            task_id,
            check_name,
            task_started_at,
            severity,
            resource_type,
            identifier,
            info,
            related,
            reason,
            reason_code,
            is_suppressed,
        ) = row
        return FindingView(
            finding_id=finding_id,
            task_id=task_id,
            check_name=check_name,
            task_started_at=task_started_at,
            found_at=found_at,
            severity=Severity(severity),
            resource=Resource(ResourceType(resource_type), self._identifier.read(identifier)),
            additional_info=self._info.read(info),
            related_resources=self._related.read(related),
            reason=reason,
            reason_code=reason_code,
            is_suppressed=bool(is_suppressed),
        )

    handles: ClassVar[Mapping[type[Event], Handler]] = {AuditFindingsRecorded: recorded}


INSERT = f"""
    INSERT INTO audit_findings (account, {", ".join(COLUMNS)}, canonical_resource)
    VALUES ({", ".join("?" * (len(COLUMNS) + 2))})
    ON CONFLICT (finding_id) DO NOTHING
"""  # noqa: S608 - no word of it comes from outside

FINDING = f"SELECT {', '.join(COLUMNS)} FROM audit_findings WHERE account = ? AND finding_id = ?"  # noqa: S608 - as above

RELATED_RESOURCES = "SELECT related_resources FROM audit_findings WHERE account = ? AND finding_id = ?"
