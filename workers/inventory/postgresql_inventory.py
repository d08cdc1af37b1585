"""The inventory in a PostgreSQL database, which several hosts may share."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from events.store.postgresql_connections import Connections
from events.store.postgresql_database import PostgresqlDatabase
from events.store.postgresql_lock import AdvisoryLock
from workers.inventory.import_lock import ImportInProgress
from workers.inventory.store import Inventory


class ImportLockInDatabase:
    """A lock of the server on a connection of its own; it goes with the connection, and so with the process.

    An import whose connection is lost in the midst may meet another one that has begun since. It then finds that
    the version it writes is not its own any more (`workers/inventory/unpublished_version.py`), and gives up.
    """

    def __init__(self, connections: Connections, name: str = "import") -> None:
        self._connections = connections
        self._name = name

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock during the block; raise ImportInProgress when somebody else does."""
        with closing(AdvisoryLock(self._connections.connect, self._name)) as lock:
            if not lock.take():
                raise ImportInProgress
            yield


def open_postgresql_inventory(database: PostgresqlDatabase) -> Inventory:
    """The inventory over a schema; it closes the database with itself. Raise SchemaMissing before `migrate`."""
    return Inventory(database, ImportLockInDatabase(database.connections))
