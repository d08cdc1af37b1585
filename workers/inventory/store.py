"""The inventory: what the fleet was at each of its versions."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from itertools import chain
from pathlib import Path
from uuid import uuid4

from events.errors import StoreUnavailable
from events.store.database import Database, SqliteDatabase
from events.vocabulary import AccountId
from workers.inventory import schema
from workers.inventory.discarding import discard_unfinished
from workers.inventory.import_lock import ImportLock, ImportLockFile
from workers.inventory.kinds import LISTINGS, Examines, Kind
from workers.inventory.related_rows import with_related
from workers.inventory.rows import Row
from workers.inventory.scope import Scope
from workers.inventory.unpublished_version import Import
from workers.inventory.untold_imports import ImportedBy, UntoldImports


class Inventory:
    """Temporal rows over a database. Reading never waits for an import, and sees nothing that is not published.

    Every method raises StoreUnavailable when the database can't be read or written.
    """

    def __init__(self, database: Database, import_lock: ImportLock) -> None:
        """Raise SchemaMissing when the tables are not there and are not for this process to make."""
        self._database = database
        self._import_lock = import_lock
        database.prepare(schema.INVENTORY_TABLES)
        self.untold_imports = UntoldImports(database)
        """What was published and is not in the log yet."""

    def current_version(self, account: AccountId) -> int:
        """The number of the account's last published version; 0 while nothing has been imported."""
        [(version,)] = self._database.query(
            "SELECT COALESCE(MAX(version), 0) FROM inventory_versions WHERE account = ? AND is_published = 1",
            (account,),
        )
        return int(version)

    def is_kept(self, account: AccountId, version: int) -> bool:
        """Whether a version can still be looked at: it was published, and retention has not forgotten it."""
        return version == 0 or bool(
            self._database.query(
                "SELECT 1 FROM inventory_versions WHERE account = ? AND version = ? AND is_published = 1",
                (account, version),
            )
        )

    def is_listed(self, account: AccountId, kind: Kind, version: int) -> bool:
        """Whether anything is known of the account's resources of a kind: there are some, or there are none."""
        listed = Scope(account, Examines(LISTINGS, (), only={LISTINGS.key: (kind.resource_type,)}), version)
        return any(
            self._database.query(*scope.select("1", limit=1))
            for scope in (Scope(account, Examines(kind, ()), version), listed)
        )

    def count(self, account: AccountId, examines: Examines, version: int) -> int:
        """How many resources are in a check's scope."""
        scope = Scope(account, examines, version)
        [(number,)] = self._database.query(*scope.select("COUNT(*)"))
        return int(number)

    def shard_bounds(
        self, account: AccountId, examines: Examines, version: int, shard_size: int
    ) -> list[str | None]:
        """Cut what a check examines into ranges of `shard_size` keys.

        Return the upper bound (inclusive) of each, in key order; the last is None, which is no bound. Empty when
        nothing is in scope.
        """
        key = examines.kind.key
        bounds: list[str | None] = []
        after: str | None = None
        while True:
            scope = Scope(account, examines, version, after)
            # Two rows: the last of this shard, and the proof that another shard follows.
            ends = self._database.scan(*scope.select(key, limit=2, offset=shard_size - 1), columns=1)
            if len(ends) < 2:
                break
            after = ends[0][0]
            bounds.append(after)
        if after is None and not self._database.query(*scope.select(key, limit=1)):
            return []
        return [*bounds, None]

    def rows(
        self, account: AccountId, examines: Examines, version: int, after: str | None, up_to: str | None
    ) -> Iterator[Row]:
        """The rows in a check's scope whose key is above `after` and at most `up_to`, in key order.

        They are read in pages, so that memory is bounded and no transaction stays open between them; since
        versions never change, imports meanwhile change nothing of what comes.
        """
        pages = self._pages(account, examines, version, after, up_to)
        own = len(examines.columns)
        if (related := examines.related) is not None:
            named_at = _read_columns(examines).index(related.named_in)
            return (
                row
                for page in pages
                for row in with_related(
                    self._database, account, related, version, [(row[:own], row[named_at]) for row in page]
                )
            )
        if examines.kind.key in examines.columns:
            return chain.from_iterable(pages)
        return (row[:own] for page in pages for row in page)

    def _pages(
        self, account: AccountId, examines: Examines, version: int, after: str | None, up_to: str | None
    ) -> Iterator[list[Row]]:
        """Pages of rows in which, after the check's columns, what else has to be read comes."""
        key, size = examines.kind.key, examines.kind.rows_a_page
        columns = _read_columns(examines)
        key_at = columns.index(key)
        while True:
            scope = Scope(account, examines, version, after, up_to)
            page = self._database.scan(*scope.select(", ".join(columns), limit=size), columns=len(columns))
            yield page
            if len(page) < size:
                return
            after = page[-1][key_at]

    @contextmanager
    def begin_import(
        self,
        account: AccountId,
        *,
        replace: bool,
        replaced: Sequence[Kind] = (),
        now: datetime,
        by: ImportedBy | None = None,
    ) -> Iterator[Import]:
        """Import during the block and publish at its end, all at once; after an exception nothing has happened.

        With `replace`, what is not added in the block is removed; of the kinds in `replaced` it is in any case.
        Raises ImportInProgress while another import writes to this inventory.
        """
        with self._import_lock.held():
            discard_unfinished(self._database)
            version = self.current_version(account) + 1
            importing = Import(
                self._database,
                account,
                version,
                replace=replace,
                replaced=replaced,
                now=now,
                import_id=uuid4().hex,
                by=by,
            )
            try:
                importing.begin()
                yield importing
                importing.publish()
            except BaseException:
                # If not even that can be done, the next import does it.
                with suppress(StoreUnavailable):
                    importing.give_up()
                raise

    def close(self) -> None:
        """Close the database. Calls after it fail."""
        self._database.close()


def _read_columns(examines: Examines) -> tuple[str, ...]:
    """What is read of each row: the check's columns, and those by which pages and related rows are found."""
    needed = () if examines.related is None else (examines.related.named_in,)
    return tuple(dict.fromkeys((*examines.columns, *needed, examines.kind.key)))


def open_sqlite_inventory(path: Path) -> Inventory:
    """Open the inventory in a SQLite file, creating it if need be; its lock is a file beside it."""
    return Inventory(SqliteDatabase(path), ImportLockFile(path.with_suffix(".import-lock")))
