"""That somebody imported into the inventory. What was imported lies there, under its version; this is who did it.

A stream of its own for each import. The inventory is another store, and its versions begin again with it when it
is lost; an import's id does not, so that each is told exactly once, however often that is tried.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from events.event import Aggregate, Cause, Event


class ImportSource(StrEnum):
    """Which way records came in. What is read of a linked account is told by the check runs that need it."""

    HTTP = "HTTP"
    """POST /fleet-audit/inventory/import."""
    COMMAND_LINE = "COMMAND_LINE"
    """A command beside the inventory itself."""


@dataclass(frozen=True)
class ImportSummary:
    """What became of an import. Counts are of records, except for `removed`, which is of resources."""

    source: ImportSource
    begun_at: datetime
    inventory_version: int
    """Which the import made."""
    replaced: bool
    """Whether what was not given was removed."""
    added: int
    changed: int
    unchanged: int
    removed: int
    rejected: int


class InventoryImport(Aggregate):
    """Decides that an import is told once."""

    is_told: bool

    def begin(self) -> None:
        """Start as one that nobody has told of."""
        self.is_told = False

    def tell(self, summary: ImportSummary, cause: Cause) -> None:
        """Note that the import is published. The first one stands."""
        if not self.is_told:
            self.trigger(InventoryImported, cause, summary=summary)


class InventoryImported(Event):
    """A version of the inventory was made of what somebody gave. The time is when that was told."""

    TOPIC = "Inventory.Imported.v1"
    summary: ImportSummary

    def apply(self, told: InventoryImport) -> None:
        told.is_told = True
