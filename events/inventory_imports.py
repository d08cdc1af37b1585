"""The command about imports. `workers/inventory/import_teller.py` gives it."""

from concurrent.futures import Future

from events.committer import Committed, Committer
from events.event import Cause
from events.identifiers import inventory_import_id
from events.inventory_import import ImportSummary, InventoryImport


class InventoryImports:
    """Carries out the command."""

    def __init__(self, committer: Committer) -> None:
        self._committer = committer

    def tell(self, import_id: str, summary: ImportSummary, cause: Cause) -> Future[Committed[None]]:
        """Note that an import is published, and who asked for it. Of two tellings the first stands."""
        return self._committer.submit(
            lambda unit: unit.get(InventoryImport, inventory_import_id(cause.account, import_id)).tell(
                summary, cause
            )
        )
