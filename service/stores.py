"""The databases of a process, opened together: whatever they are, the rest of the service sees the same."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from events.log import EventLog
from events.store.database import Database, SqliteDatabase
from events.store.postgresql import open_postgresql_log
from events.store.postgresql_connections import Connections
from events.store.postgresql_database import PostgresqlDatabase
from events.store.postgresql_lock import AdvisoryLock
from events.store.replaceable_database import ReplaceableDatabase
from events.store.sqlite import open_sqlite_log
from events.store.stored_rows import StoredRows, postgresql_rows, sqlite_rows
from service.data_directory import (
    DataDirectory,
    DataDirectoryError,
    held_by_this_process,
    make_data_directory,
    shared_with_other_roles,
)
from service.migrating import PATIENCE, wait_until_migrated
from service.settings import Settings
from workers.inventory.import_lock import ImportLock, ImportLockFile
from workers.inventory.postgresql_inventory import ImportLockInDatabase, open_postgresql_inventory
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
    chain: Database
    """The tree over the log, and its checkpoints."""
    stored_rows: StoredRows
    """The log once more, as it is stored: what is chained."""
    reading_lock: Callable[[str], ImportLock]
    """The lock of a name, for those that read a linked account into the inventory."""


@contextmanager
def stores_of_sole_process(settings: Settings) -> Iterator[Stores]:
    """Open the database that is set or the files of the data directory, and keep other such processes out.

    Raise DataDirectoryError when one is in.
    """
    if settings.database_url is not None:
        with postgresql_stores(settings.database_url) as stores, _serving_alone(settings.database_url):
            yield stores
    else:
        directory = make_data_directory(settings.data_directory)
        with held_by_this_process(directory), sqlite_stores(directory) as stores:
            yield stores


@contextmanager
def stores_of_a_role(settings: Settings, stopped: Event | None = None) -> Iterator[Stores]:
    """Open the database that is set or the files of the data directory, which other roles have open as well.

    Files are for roles on one host. Raise DataDirectoryError when `fleet-audit serve` has them. A database is
    waited for until `stopped` is set, if not for longer.
    """
    if settings.database_url is not None:
        with postgresql_stores(settings.database_url, stopped=stopped) as stores:
            yield stores
    else:
        directory = make_data_directory(settings.data_directory)
        with shared_with_other_roles(directory), sqlite_stores(directory) as stores:
            yield stores


@contextmanager
def stores_beside(settings: Settings) -> Iterator[Stores]:
    """Open the database that is set or the files of the data directory, whoever else has them open.

    For who only looks. Raise DataDirectoryError when there is no log in the directory.
    """
    if settings.database_url is not None:
        with postgresql_stores(settings.database_url) as stores:
            yield stores
        return
    directory = DataDirectory(settings.data_directory)
    if not directory.events.exists():
        raise DataDirectoryError(f"There is no log in the data directory {directory.path}.")
    with sqlite_stores(directory) as stores:
        yield stores


@contextmanager
def inventory_of(settings: Settings) -> Iterator[Inventory]:
    """Open the inventory alone. Other processes may have it open, too."""
    if settings.database_url is not None:
        wait_until_migrated(settings.database_url)
        opened = open_postgresql_inventory(PostgresqlDatabase(settings.database_url, "inventory"))
    else:
        opened = open_sqlite_inventory(make_data_directory(settings.data_directory).inventory)
    with closing(opened):
        yield opened


@contextmanager
def log_of(settings: Settings) -> Iterator[EventLog]:
    """Open the log alone. Other processes may have it open, too."""
    if settings.database_url is not None:
        wait_until_migrated(settings.database_url)
        opened = open_postgresql_log(settings.database_url)
    else:
        opened = open_sqlite_log(make_data_directory(settings.data_directory).events)
    with closing(opened):
        yield opened


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
        stored_rows = sqlite_rows(directory.events)
        opened.callback(stored_rows.close)
        inventory = open_sqlite_inventory(directory.inventory)
        opened.callback(inventory.close)
        read_models = ReplaceableDatabase(directory.read_models)
        opened.callback(read_models.close)
        yield Stores(
            log=log,
            inventory=inventory,
            revocation=database(directory.inventory, durable=True),
            read_models=read_models,
            work=database(directory.work, durable=False),
            presence=database(directory.presence, durable=True),
            chain=database(directory.chain, durable=True),
            stored_rows=stored_rows,
            reading_lock=lambda name: ImportLockFile(directory.path / f"reading-{name}.lock"),
        )


@contextmanager
def postgresql_stores(url: str, patience: float = PATIENCE, stopped: Event | None = None) -> Iterator[Stores]:
    """Open the schemas of a database, once `fleet-audit migrate` has made them.

    That, and the server, are waited for with `patience` (seconds) or until `stopped` is set; then StoreUnavailable
    tells what is missing.
    What is made of the log need not outlast a crash of the server.
    """
    wait_until_migrated(url, patience, stopped)
    with ExitStack() as opened:

        def database(schema: str, *, durable: bool) -> PostgresqlDatabase:
            made = PostgresqlDatabase(url, schema, durable=durable)
            opened.callback(made.close)
            return made

        log = open_postgresql_log(url)
        opened.callback(log.close)
        stored_rows = postgresql_rows(url)
        opened.callback(stored_rows.close)
        inventory = database("inventory", durable=True)
        yield Stores(
            log=log,
            inventory=open_postgresql_inventory(inventory),
            revocation=inventory,
            read_models=database("read_models", durable=False),
            work=database("work", durable=False),
            presence=database("presence", durable=True),
            chain=database("chain", durable=True),
            stored_rows=stored_rows,
            reading_lock=lambda name: ImportLockInDatabase(inventory.connections, f"reading-{name}"),
        )


@contextmanager
def _serving_alone(url: str) -> Iterator[None]:
    connections = Connections(url, "public", most=1)
    with closing(connections), closing(AdvisoryLock(connections.connect, "serve")) as lock:
        if not lock.take():
            raise DataDirectoryError("The database is in use by another `fleet-audit serve`.")
        yield
