"""Tells the log of imports that are published: who asked for them, and what became of them."""

from events.clock import Clock
from events.errors import StoreUnavailable
from events.event import Cause
from events.inventory_imports import InventoryImports
from workers.inventory.untold_imports import UntoldImports

PATIENCE = 30.0
"""Seconds in which the log has to take a command."""


class ImportTeller:
    """Tells of each import once, also if several tell at the same time. Any thread may call it."""

    def __init__(self, untold: UntoldImports, imports: InventoryImports, clock: Clock) -> None:
        self._untold = untold
        self._imports = imports
        self._clock = clock

    def tell(self) -> int:
        """Tell of all that the log does not know yet, of whatever account; blocks until it does.

        Return the position of the last one's event, 0 if there was none. StoreUnavailable means: later. The
        event's time is now, since the log's times go up; when the import began is in the event.
        """
        position = 0
        for each in self._untold.all():
            cause = Cause(each.account, self._clock.now(), each.by.actor, each.by.request_id)
            try:
                position = self._imports.tell(each.import_id, each.summary, cause).result(PATIENCE).position
            except TimeoutError:
                raise StoreUnavailable(f"The log took no command for {PATIENCE} seconds.") from None
            self._untold.drop(each.import_id)
        return position
