"""Why a finding is new or resolved: because its resource came or went, or because it changed."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from events.vocabulary import CheckName
from projections.audit_differences import AuditDifferences, DifferenceStatus
from service.differences.compared import Compared
from workers.checks.check import Check
from workers.inventory.store import Inventory
from workers.inventory.whereabouts import whereabouts

RESOURCES_AT_ONCE = 500


class Cause(StrEnum):
    """Why a finding is in one audit and not in the other."""

    RESOURCE_ADDED = "RESOURCE_ADDED"
    """New: the fleet did not have the resource at the time of the earlier audit."""
    NEWLY_NON_COMPLIANT = "NEWLY_NON_COMPLIANT"
    """New: the resource was there, and was found to comply."""
    RESOURCE_REMOVED = "RESOURCE_REMOVED"
    """Resolved: the fleet no longer has the resource."""
    FIXED = "FIXED"
    """Resolved: the resource is there, and complies."""


CAUSES = {
    DifferenceStatus.NEW: (Cause.RESOURCE_ADDED, Cause.NEWLY_NON_COMPLIANT),
    DifferenceStatus.RESOLVED: (Cause.RESOURCE_REMOVED, Cause.FIXED),
}
"""For a resource that was not there in the other audit, and for one that was."""


@dataclass(frozen=True)
class Causes:
    """Asks the inventory at the versions that two audits recorded."""

    inventory: Inventory
    registry: Mapping[CheckName, Check]
    compared: Compared

    def of(
        self, check_name: CheckName, status: DifferenceStatus, canonicals: Collection[str]
    ) -> Mapping[str, Cause]:
        """Return the cause for each of some hundred resources of a check's findings, as far as it can be told.

        It can't of connections, whose past is not kept; of a version that is not; and of a resource that may have
        been among those that the other audit could not judge.
        """
        if status is DifferenceStatus.UNCHANGED or not self._has_versions(check_name):
            return {}
        own, other = self.compared.versions(check_name, status)
        if own.inventory_version is None or other.inventory_version is None:
            return {}
        absent, present = CAUSES[status]
        if own.inventory_version == other.inventory_version:
            there: Mapping[str, bool] = dict.fromkeys(canonicals, True)
        else:
            there = whereabouts(self.inventory, self.compared.account, other.inventory_version, canonicals)
        return {
            canonical: present if is_there else absent
            for canonical, is_there in there.items()
            if not (is_there and other.not_judged)
        }

    def counts(self, differences: AuditDifferences, check_name: CheckName) -> dict[str, int]:
        """Return how many findings of a check have which cause; those of which it can't be told are left out."""
        counted: Counter[Cause] = Counter()
        for status in CAUSES:
            resources = differences.resources(self.compared.audits, check_name, status, RESOURCES_AT_ONCE)
            for some in resources:
                causes = self.of(check_name, status, set(some))
                counted.update(causes[each] for each in some if each in causes)
        return {cause.value: counted[cause] for cause in Cause if counted[cause]}

    def _has_versions(self, check_name: CheckName) -> bool:
        check = self.registry.get(check_name)
        return check is not None and check.looks_back is None
