"""Import of NDJSON from wherever its bytes come."""

from collections.abc import Iterable
from datetime import datetime

from events.vocabulary import AccountId
from workers.inventory.importers.import_report import ImportReport, import_items
from workers.inventory.importers.lines import numbered_lines
from workers.inventory.importers.ndjson import read_ndjson
from workers.inventory.store import Inventory
from workers.inventory.untold_imports import ImportedBy


def import_ndjson(
    inventory: Inventory,
    account: AccountId,
    chunks: Iterable[bytes],
    *,
    replace: bool,
    now: datetime,
    by: ImportedBy | None = None,
) -> ImportReport:
    """Import a stream of NDJSON that comes in chunks of any size, in bounded memory however long it is.

    An exception from `chunks` leaves the inventory as it was. Raises ImportInProgress while another import runs,
    NothingToReplaceWith when `replace` would empty the inventory, StoreUnavailable. Without `by`, the log
    is not told.
    """
    items = read_ndjson(numbered_lines(chunks), account)
    return import_items(inventory, account, items, replace=replace, now=now, by=by)
