"""One import at a time into a store, whichever process it comes from."""

import fcntl
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from events.errors import LimitExceeded, StoreUnavailable


class ImportInProgress(LimitExceeded):
    """Another import is writing to this inventory. One may at a time."""

    def __init__(self) -> None:
        super().__init__("An import is in progress. There can be one at a time; try again when it has ended.")


class ImportLock(Protocol):
    """Held by the one import that may write. It ends with its holder's process, however that ends."""

    def held(self) -> AbstractContextManager[None]:
        """Hold the lock during the block; raise ImportInProgress when somebody else does."""
        ...


class ImportLockFile:
    """A lock of the kernel on a file beside the store.

    The kernel lets go of it when its process ends, killed or not, so nobody has to judge whether a heartbeat is
    late. `flock` belongs to the opened file and not to the process, so it keeps threads apart as well.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock during the block; raise ImportInProgress when somebody else does."""
        try:
            file = self._path.open("ab")
        except OSError as error:
            raise StoreUnavailable(f"{self._path.name}: {error.strerror}") from error
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise ImportInProgress from None
            yield
