"""What became of an import."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from events.vocabulary import AccountId
from workers.inventory.certificate_facts import tolerated_irregularities
from workers.inventory.importers.inventory_record import InventoryRecord
from workers.inventory.importers.rejection import Rejection, Rejections
from workers.inventory.store import Inventory
from workers.inventory.unpublished_version import NothingToReplaceWith
from workers.inventory.untold_imports import ImportedBy


@dataclass(frozen=True)
class ImportReport:
    """The counts of an import that is over. Of records, except for `removed`, which is of resources."""

    version: int
    """The account's inventory version now; it is the one before when nothing was taken in."""
    added: int
    changed: int
    unchanged: int
    removed: int
    rejected: int
    rejections: tuple[Rejection, ...]
    """The first of them, at most `REJECTIONS_KEPT`."""


def import_items(
    inventory: Inventory,
    account: AccountId,
    items: Iterable[InventoryRecord | Rejection],
    *,
    replace: bool,
    now: datetime,
    by: ImportedBy | None = None,
) -> ImportReport:
    """Import the records among `items`. An exception from `items` leaves the inventory as it was.

    Without `by`, the log is not told of it.
    """
    rejections = Rejections()
    try:
        with (
            tolerated_irregularities(),
            inventory.begin_import(account, replace=replace, now=now, by=by) as importing,
        ):
            for item in items:
                if isinstance(item, Rejection):
                    rejections.add(item)
                else:
                    importing.add(item.kind, item.values, item.der)
            importing.rejected = rejections.count
    except NothingToReplaceWith as refusal:
        first = "".join(f" {rejection}." for rejection in rejections.first[:1])
        raise NothingToReplaceWith(f"{refusal}{first}") from None
    counts = importing.counts
    return ImportReport(
        version=importing.version,
        added=counts.added,
        changed=counts.changed,
        unchanged=counts.unchanged,
        removed=counts.removed,
        rejected=rejections.count,
        rejections=tuple(rejections.first),
    )
