"""Finds a page of findings, for any filter, in one or a few stretches of an index.

The equalities of a filter choose the index, whose last two columns are the order of the list; so a page is read
where it lies and nothing is sorted or skipped. Where a filter means several values (a policy's versions, or
findings suppressed or not), each has its stretch, and the newest rows of them all are the page.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from events.store.database import Parameters, Row
from events.vocabulary import AccountId, CheckName, TaskId
from projections.paging import Keyset, Page, rows_needed

COLUMNS = (
    "found_at",
    "finding_id",
    "task_id",
    "check_name",
    "task_started_at",
    "severity",
    "resource_type",
    "resource_identifier",
    "additional_info",
    "related_resources",
    "reason",
    "reason_code",
    "is_suppressed",
)
"""The columns of a row found, the order of the list first."""

NEWEST_FIRST = Keyset(COLUMNS[:2], is_descending=True)

END_OF_TIME = 2**63 - 1
"""The greatest number of a BIGINT column."""


@dataclass(frozen=True, slots=True)
class ResourceMatch:
    """Which resources a filter means, by their canonical text (`events/resource.py`)."""

    canonical: str
    is_prefix: bool = False
    """Whether it means every resource whose canonical text begins so, as all versions of a policy do. A prefix
    consists of whole members: it ends with a slash."""


@dataclass(frozen=True, slots=True)
class FindingFilter:
    """Which findings are wanted: those that meet every member that is not None."""

    task_id: TaskId | None = None
    start_ms: int | None = None
    """Found at this time or later, in epoch milliseconds."""
    end_ms: int | None = None
    """Found at this time or earlier, in epoch milliseconds."""
    check_name: CheckName | None = None
    resources: Sequence[ResourceMatch] | None = None
    """Any of these; an empty list means no finding at all."""
    is_suppressed: bool | None = None


Scope = tuple[AccountId, int]
"""Whose findings, and whether the suppressed ones (1) or the others (0): the first two columns of every index."""


class FindingSearch:
    """Turns a filter into SQL."""

    def __init__(self, query: Callable[[str, Parameters], list[Row]]) -> None:
        self._query = query

    def find(self, account: AccountId, wanted: FindingFilter, page: Page) -> list[Row]:
        """Return the rows of a page, newest first, and one more if there are more."""
        return heapq.nlargest(rows_needed(page), self._candidates(account, wanted, page))

    def _candidates(self, account: AccountId, wanted: FindingFilter, page: Page) -> Iterator[Row]:
        for is_suppressed in (0, 1) if wanted.is_suppressed is None else (int(wanted.is_suppressed),):
            scope = (account, is_suppressed)
            if wanted.resources is None:
                yield from self._stretch(scope, wanted, page)
            else:
                yield from self._about_resources(scope, wanted.resources, wanted, page)

    def _about_resources(
        self, scope: Scope, resources: Iterable[ResourceMatch], wanted: FindingFilter, page: Page
    ) -> Iterator[Row]:
        narrowed = self._within_task(scope, wanted)
        if narrowed is None:
            return
        for canonical in {text for match in resources for text in self._canonicals(scope, match)}:
            yield from self._stretch(scope, narrowed, page, canonical)

    def _stretch(self, scope: Scope, wanted: FindingFilter, page: Page, canonical: str | None = None) -> list[Row]:
        """Read the first rows of a page from one index."""
        comparison = "{} = ?" if canonical is None else UNINDEXED
        conditions = {
            "canonical_resource = ?": canonical,
            comparison.format("task_id"): wanted.task_id,
            comparison.format("check_name"): wanted.check_name,
            "found_at >= ?": wanted.start_ms,
        }
        given = {sql: value for sql, value in conditions.items() if value is not None}
        where = " AND ".join(("account = ? AND is_suppressed = ?", *given, NEWEST_FIRST.condition))
        end = END_OF_TIME if wanted.end_ms is None else wanted.end_ms + 1
        bound = NEWEST_FIRST.bound(page, first=(end, ""))
        sql = f"SELECT {', '.join(COLUMNS)} FROM audit_findings WHERE {where} {NEWEST_FIRST.order}"  # noqa: S608 - our own words
        return self._query(sql, (*scope, *given.values(), *bound, rows_needed(page)))

    def _within_task(self, scope: Scope, wanted: FindingFilter) -> FindingFilter | None:
        """Narrow a filter to the time in which its audit found anything; None if it found nothing.

        So the findings of a resource are read for that time only, in which few other audits ran, and an index of
        resources within audits is saved.
        """
        if wanted.task_id is None:
            return wanted
        [(first, last)] = self._query(TIME_OF_TASK, (*scope, wanted.task_id) * 2)
        if first is None:
            return None
        end_ms = last if wanted.end_ms is None else min(last, wanted.end_ms)
        return replace(wanted, start_ms=max(first, wanted.start_ms or 0), end_ms=end_ms)

    def _canonicals(self, scope: Scope, match: ResourceMatch) -> Iterator[str]:
        """Say which resources with findings match: one index seek for each, however many findings it has."""
        canonical: str | None = match.canonical
        beyond = just_beyond(match.canonical)
        while canonical is not None:
            yield canonical
            if not match.is_prefix:
                return
            [(canonical,)] = self._query(NEXT_RESOURCE, (*scope, canonical, beyond))


def just_beyond(prefix: str) -> str:
    """Return the least text greater than every text with a prefix.

    A range needs no escaping, where a LIKE pattern would: `_` and `%` may stand in names.
    """
    return prefix[:-1] + chr(ord(prefix[-1]) + 1)


UNINDEXED = "{} || '' = ?"
"""Compares a column of text without offering it to the planner, which has no statistics to know that the few
findings of a resource are to be read through the resource's index."""

TIME_OF_TASK = """
    SELECT
        (SELECT MIN(found_at) FROM audit_findings WHERE account = ? AND is_suppressed = ? AND task_id = ?),
        (SELECT MAX(found_at) FROM audit_findings WHERE account = ? AND is_suppressed = ? AND task_id = ?)
"""

NEXT_RESOURCE = """
    SELECT MIN(canonical_resource) FROM audit_findings
    WHERE account = ? AND is_suppressed = ? AND canonical_resource > ? AND canonical_resource < ?
"""
