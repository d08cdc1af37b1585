"""Imports get into the history, also those whose process died between publishing and telling."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from events.errors import StoreUnavailable
from workers.inventory.import_teller import ImportTeller

SECONDS_BETWEEN_LOOKS = 60.0
"""Nearly always there is nothing: who imports tells of it at once."""

logger = logging.getLogger(__name__)


def tell_or_leave(teller: ImportTeller) -> int:
    """Tell of the imports that the log does not know yet, and return the last one's position, 0 if there was none.

    When that can't be done now, it is left to the coordinator: the imports stand.
    """
    try:
        return teller.tell()
    except StoreUnavailable as error:
        logger.warning("An import gets into the history later: %s", error)
        return 0


@contextmanager
def imports_told(teller: ImportTeller) -> Iterator[None]:
    """Tell of what was left, at once and during the block: on a thread, since a store may be away."""
    stopping = threading.Event()
    thread = threading.Thread(target=_tell_again_and_again, args=(teller, stopping), name="imports")
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()


def _tell_again_and_again(teller: ImportTeller, stopping: threading.Event) -> None:
    while not stopping.is_set():
        tell_or_leave(teller)
        stopping.wait(SECONDS_BETWEEN_LOOKS)
