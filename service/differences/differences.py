"""The differences between two audits as they are answered: over HTTP, and by the command line."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from events.vocabulary import AccountId, CheckName, TaskId
from projections.audit_differences import Audits, Difference, DifferenceStatus
from projections.paging import Page, Slice
from projections.read_models import ReadModels
from service.differences.causes import Causes
from service.differences.compared import Compared, compare
from service.wire.answer import present
from service.wire.rendering import finding
from service.wire.timestamps import epoch_seconds
from workers.checks.check import Check
from workers.inventory.store import Inventory


@dataclass(frozen=True)
class Wanted:
    """Which differences are asked for."""

    task_id: TaskId
    since: TaskId | None = None
    """The earlier audit; None: the one before it of its schedule, or of its checks."""
    check_name: CheckName | None = None
    status: DifferenceStatus | None = None


@dataclass(frozen=True)
class Differences:
    """Answers from the read models, and from the inventory why findings came and went."""

    read_models: ReadModels
    inventory: Inventory
    registry: Mapping[CheckName, Check]

    def answer(
        self, account: AccountId, wanted: Wanted, page: Page, *, retained_after: int
    ) -> tuple[dict[str, Any], Slice[Any]]:
        """Return the answer but for its token, and the page that it shows.

        A page's key is the earlier audit, a check, and a finding. What is said of whole checks is in the first
        page. Raise NotFound or InvalidRequest as `compare` does.
        """
        since = wanted.since if page.after is None else TaskId(str(page.after[0]))
        tasks = self.read_models.audit_tasks
        compared = compare(tasks, account, wanted.task_id, since, retained_after=retained_after)
        causes = Causes(self.inventory, self.registry, compared)
        checks = [name for name in compared.comparable() if wanted.check_name in {None, name}]
        after = None if page.after is None else page.after[1:]
        found = self._found(compared.audits, checks, wanted.status, Page(page.limit, after))
        answer = {
            "taskId": compared.later.task_id,
            "taskStartTime": epoch_seconds(compared.later.started_at),
            "sinceTaskId": compared.earlier.task_id,
            "sinceTaskStartTime": epoch_seconds(compared.earlier.started_at),
            "checks": self._checks(compared, causes, wanted.check_name) if page.after is None else None,
            "differences": _rendered(found.rows, causes),
        }
        following = None if found.next is None else (compared.earlier.task_id, *found.next)
        return answer, Slice(found.rows, following)

    def _found(
        self, audits: Audits, checks: list[CheckName], status: DifferenceStatus | None, page: Page
    ) -> Slice[Difference]:
        return self.read_models.audit_differences.differences(audits, checks, status, page)

    def _checks(self, compared: Compared, causes: Causes, wanted: CheckName | None) -> dict[str, Any]:
        """What became of the findings of each check, in numbers; or why that can't be said."""
        differences = self.read_models.audit_differences
        counts = differences.counts(compared.audits)
        said: dict[str, Any] = {}
        for name, why_not in compared.why_not().items():
            if wanted not in {None, name}:
                continue
            if why_not is not None:
                said[name] = {"isComparable": False, "reason": f"Not comparable: {why_not}."}
                continue
            of_check = counts.get(name)
            said[name] = {
                "isComparable": True,
                "newFindings": of_check.new if of_check else 0,
                "resolvedFindings": of_check.resolved if of_check else 0,
                "unchangedFindings": of_check.unchanged if of_check else 0,
                "causes": causes.counts(differences, name) if of_check else {},
                "notJudgedResources": compared.later.details[name].not_judged,
            }
        return said


def _rendered(found: list[Difference], causes: Causes) -> list[dict[str, Any]]:
    told: dict[tuple[CheckName, DifferenceStatus], Mapping[str, Any]] = {}
    for key in {(each.finding.check_name, each.status) for each in found}:
        canonicals = {each.finding.resource.canonical for each in found if _group(each) == key}
        told[key] = causes.of(*key, canonicals)
    return [_difference(each, told[_group(each)].get(each.finding.resource.canonical)) for each in found]


def _group(difference: Difference) -> tuple[CheckName, DifferenceStatus]:
    return difference.finding.check_name, difference.status


def _difference(difference: Difference, cause: str | None) -> dict[str, Any]:
    seen = difference.sightings
    return present(
        {
            "status": difference.status,
            "cause": cause,
            "firstSeen": seen and _sighting(seen.first_task_id, seen.first_seen_at),
            "lastSeen": seen and _sighting(seen.last_task_id, seen.last_seen_at),
            "sinceFindingId": difference.earlier_finding_id,
            "finding": finding(difference.finding),
        }
    )


def _sighting(task_id: TaskId, at: int) -> dict[str, Any]:
    return {"taskId": task_id, "time": epoch_seconds(at)}
