"""Import of files and directory trees."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from events.vocabulary import AccountId
from workers.inventory.importers.file_tree import FoundFile, files_under
from workers.inventory.importers.import_report import ImportReport, import_items
from workers.inventory.importers.inventory_record import InventoryRecord
from workers.inventory.importers.read_file import read_file
from workers.inventory.importers.rejection import Rejection
from workers.inventory.store import Inventory
from workers.inventory.untold_imports import ImportedBy

Progress = Callable[[int, int], None]
"""Told how many bytes have been read, and of how many."""

STEPS = 1_000
"""Progress is told about so many times, however many files there are."""


def no_progress(done: int, total: int) -> None:
    """Tell nobody."""


def import_paths(
    inventory: Inventory,
    account: AccountId,
    paths: Sequence[Path],
    *,
    replace: bool,
    now: datetime,
    progress: Progress = no_progress,
    by: ImportedBy | None = None,
) -> ImportReport:
    """Import every file at and under `paths`: PEM, DER, PKCS#7 and NDJSON, told apart by their contents.

    What can't be read is in the report with its path and reason, and the rest goes in. `progress` is told of the
    bytes read: 0 before the first, all at the end, at most some thousand times between. Without `by`, the log
    is not told.

    Raises ImportInProgress while another import runs, NothingToReplaceWith when `replace` would empty the
    inventory, StoreUnavailable.
    """
    total = sum(found.size for found in files_under(paths) if isinstance(found, FoundFile))
    meter = _Meter(total, progress)
    report = import_items(inventory, account, _items(paths, account, meter), replace=replace, now=now, by=by)
    meter.finish()
    return report


def _items(paths: Sequence[Path], account: AccountId, meter: "_Meter") -> Iterator[InventoryRecord | Rejection]:
    for found in files_under(paths):
        if isinstance(found, Rejection):
            yield found
        else:
            yield from read_file(found.path, account, meter.advance)


class _Meter:
    """Turns many small steps into some that are worth a look."""

    def __init__(self, total: int, progress: Progress) -> None:
        self._total = total
        self._progress = progress
        self._done = self._told = 0
        progress(0, total)

    def advance(self, size: int) -> None:
        # A file may have grown since it was found.
        self._done = min(self._done + size, self._total)
        if (self._done - self._told) * STEPS >= self._total > self._told:
            self._told = self._done
            self._progress(self._done, self._total)

    def finish(self) -> None:
        self._progress(self._total, self._total)
