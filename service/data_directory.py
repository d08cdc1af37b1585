"""The directory in which the embedded service keeps its files, held by one serving process at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


class DataDirectoryError(Exception):
    """The directory can't be used. The text says why, for the person who named it."""


@dataclass(frozen=True)
class DataDirectory:
    """Where each store lives. The log, the inventory, presence and the chain hold what can't be made again."""

    path: Path

    @property
    def events(self) -> Path:
        """The log: the truth."""
        return self.path / "events.sqlite"

    @property
    def inventory(self) -> Path:
        """What was imported of the fleet."""
        return self.path / "inventory.sqlite"

    @property
    def presence(self) -> Path:
        """When devices were connected."""
        return self.path / "presence.sqlite"

    @property
    def chain(self) -> Path:
        """The tree over the log, and its checkpoints. Made again from the log, it proves nothing of before."""
        return self.path / "chain.sqlite"

    @property
    def checkpoint_key(self) -> Path:
        """What signs checkpoints, where no other key is set."""
        return self.path / "checkpoint.key"

    @property
    def read_models(self) -> Path:
        """What describe and list operations read. Deleted, it is made again from the log."""
        return self.path / "read-models.sqlite"

    @property
    def work(self) -> Path:
        """What the dispatcher knows to be open. Deleted, it is made again from the log."""
        return self.path / "work.sqlite"


def make_data_directory(path: Path) -> DataDirectory:
    """Make the directory, for its owner's eyes only, unless it is there.

    Raise DataDirectoryError if it can't be used.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = path / "writable"
        probe.touch()
        probe.unlink(missing_ok=True)  # another process may do the same, and be quicker
    except OSError as error:
        raise DataDirectoryError(f"The data directory {path} can't be used: {error.strerror}.") from error
    return DataDirectory(path)


@contextmanager
def held_by_this_process(directory: DataDirectory) -> Iterator[None]:
    """Keep other serving processes out; raise DataDirectoryError when one is in.

    The lock is the kernel's, so it goes with the process however that ends.
    """
    with _locked(directory, fcntl.LOCK_EX):
        yield


@contextmanager
def shared_with_other_roles(directory: DataDirectory) -> Iterator[None]:
    """Keep `fleet-audit serve` out, and let other roles in; raise DataDirectoryError when it is in."""
    with _locked(directory, fcntl.LOCK_SH):
        yield


@contextmanager
def _locked(directory: DataDirectory, how: int) -> Iterator[None]:
    with (directory.path / "serving.lock").open("a") as lock:
        try:
            fcntl.flock(lock, how | fcntl.LOCK_NB)
        except OSError as error:
            raise DataDirectoryError(
                f"The data directory {directory.path} is in use by another fleet-audit process."
            ) from error
        yield
