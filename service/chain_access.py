"""Log and chain, opened to be looked at: the service may run meanwhile, or be stopped, or the files be a copy."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from events.clock import SystemClock
from events.errors import StoreUnavailable
from events.proof.note import Signer, VerifierKey
from events.proof.signing_key import key_in_file
from events.store.database import SqliteDatabase
from events.store.postgresql_database import PostgresqlDatabase
from events.store.read_only import ReadOnlySqlite
from events.store.stored_rows import Queries, StoredRows, postgresql_rows, sqlite_rows
from service.data_directory import DataDirectory
from service.settings import Settings
from workers.chain.chaining import Chaining
from workers.chain.store import Chain


@dataclass(frozen=True)
class LogAndChain:
    """What is verified and proven."""

    log: StoredRows
    chain: Chain | None
    """None where there is no chain."""


@contextmanager
def log_and_chain(settings: Settings) -> Iterator[LogAndChain]:
    """Open both; nothing is written. Raise StoreUnavailable."""
    with ExitStack() as opened:
        log, chain = (
            _of_directory(DataDirectory(settings.data_directory))
            if settings.database_url is None
            else _of_database(settings.database_url)
        )
        opened.enter_context(closing(log))
        if chain is not None:
            opened.enter_context(closing(chain))
        yield LogAndChain(log, None if chain is None or not _is_there(chain) else Chain(chain.query))


@contextmanager
def chained_anew(log: StoredRows) -> Iterator[Chain]:
    """A chain of the log as it is now, in a temporary file, to hold kept checkpoints against."""
    with (
        tempfile.TemporaryDirectory(prefix="fleet-audit-") as directory,
        closing(SqliteDatabase(Path(directory) / "chain.sqlite", durable=False)) as database,
    ):
        chaining = Chaining(log, database, None, SystemClock())
        while chaining.step():
            pass
        yield Chain(database.query)


def own_key(settings: Settings) -> VerifierKey | None:
    """The public key of the settings or of the data directory; None if there is none. Nothing is made."""
    chosen = settings.checkpoints
    if chosen.key is not None:
        return Signer(chosen.origin, chosen.key).key
    path = DataDirectory(settings.data_directory).checkpoint_key
    if settings.database_url is not None or not path.exists():
        return None
    return Signer(chosen.origin, key_in_file(path)).key


def _of_directory(directory: DataDirectory) -> tuple[StoredRows, Queries | None]:
    return sqlite_rows(directory.events), ReadOnlySqlite(directory.chain) if directory.chain.is_file() else None


def _of_database(url: str) -> tuple[StoredRows, Queries | None]:
    return postgresql_rows(url), PostgresqlDatabase(url, "chain", most_connections=1)


def _is_there(chain: Queries) -> bool:
    with suppress(psycopg.errors.UndefinedTable):
        try:
            return bool(chain.query("SELECT 1 FROM places LIMIT 1"))
        except StoreUnavailable as error:
            if "no such table" not in str(error):
                raise
    return False
