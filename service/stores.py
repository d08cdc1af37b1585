"""The databases of a process, opened together: whatever they are, the rest of the service sees the same."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from events.log import EventLog
from events.store.database import Database, SqliteDatabase
from events.store.sqlite import open_sqlite_log
from service.data_directory import DataDirectory
from workers.inventory.store import Inventory, open_sqlite_inventory


@dataclass(frozen=True)
class Stores:
    """Where everything is kept. Who opened them closes them; calls after that fail."""

    log: EventLog
    """The truth."""
    inventory: Inventory
    """What was imported of the fleet."""
    revocation: Database
    """The inventory's database once more, for certificates, fetched lists and what was made of them."""
    read_models: Database
    """Made of the log, and made again when lost."""
    work: Database
    """What the dispatcher knows to be open; made of the log as well."""
    presence: Database
    """When devices were connected."""


@contextmanager
def sqlite_stores(directory: DataDirectory) -> Iterator[Stores]:
    """Open the files of a data directory, creating those that are not there.

    Raise StoreUnavailable if one can't be opened. What is made of the log need not outlast the machine's power.
    """
    with ExitStack() as opened:

        def database(path: Path, *, durable: bool) -> Database:
            made = SqliteDatabase(path, durable=durable)
            opened.callback(made.close)
            return made

        log = open_sqlite_log(directory.events)
        opened.callback(log.close)
        inventory = open_sqlite_inventory(directory.inventory)
        opened.callback(inventory.close)
        yield Stores(
            log=log,
            inventory=inventory,
            revocation=database(directory.inventory, durable=True),
            read_models=database(directory.read_models, durable=False),
            work=database(directory.work, durable=False),
            presence=database(directory.presence, durable=True),
        )
