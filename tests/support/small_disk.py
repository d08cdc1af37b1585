"""A disk that is full when a test says so."""

import resource

from events.store.database import SqliteDatabase


def fill(database: SqliteDatabase, *, pages_left: int = 0) -> None:
    """Let the database grow by so many pages (of 4 KiB) at most; SQLite then answers as for a full disk."""
    with database.transaction() as transaction:
        [(pages,)] = transaction.execute("PRAGMA page_count")
        transaction.execute(f"PRAGMA max_page_count = {pages + pages_left}")


def make_room(database: SqliteDatabase) -> None:
    with database.transaction() as transaction:
        transaction.execute("PRAGMA max_page_count = 1000000")


def let_files_grow(process: int, limit: int = resource.RLIM_INFINITY) -> None:
    """Let a process write to files only up to so many bytes of each; with 0 it is as on a full disk.

    Its user must be ours. It may be let again.
    """
    _, hard = resource.prlimit(process, resource.RLIMIT_FSIZE)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (limit, hard))
