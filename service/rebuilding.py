"""What rebuilds and verifies read models, put together: beside a service that runs, or alone."""

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from events.clock import Clock, from_epoch_milliseconds
from events.log import EventLog
from events.store.aside import Aside
from events.store.database import Database
from events.store.postgresql_aside import PostgresqlAside
from events.store.postgresql_connections import Connections
from events.store.postgresql_lock import AdvisoryLock
from events.store.schema import STEPS, SchemaMissing
from events.store.sqlite_aside import SqliteAside
from projections.due_rows import DueRows, due_rows
from projections.filling import Told
from projections.read_model_tables import ReadModelTables
from projections.read_models import PROJECTIONS
from projections.rebuilding import Rebuilding, Rebuilt
from projections.verifying import Verdict, Verifying
from service.data_directory import make_data_directory
from service.roles.leadership import FileLock
from service.settings import Settings
from service.stores import log_of

NAMES = tuple(projection.name for projection in PROJECTIONS)
"""Of all read models, in the order in which they are shown."""


class AnotherAtWork(Exception):  # noqa: N818 - reads as what it is
    """Read models are being rebuilt or verified by another process. One may at a time."""

    def __init__(self) -> None:
        super().__init__(
            "Read models are being rebuilt or verified by another process. Try again when it has ended."
        )


@dataclass(frozen=True)
class ReadModel:
    """How a projection stands."""

    name: str
    version: int
    position: int
    rows: int
    """Of all its tables."""


Alone = Callable[[], AbstractContextManager[Callable[[], None]]]
"""Keeps others out during a block; what it gives raises StoreUnavailable when it can't any more."""


@dataclass(frozen=True)
class ReadModelCare:
    """Looks at the read models, and rebuilds and verifies them."""

    log: EventLog
    aside: Aside
    alone: Alone
    clock: Clock
    retention: timedelta

    def list(self) -> list[ReadModel]:
        """How each stands."""
        query = self.aside.serving.query
        made = {name: (version, position) for name, version, position in query(POSITIONS)}
        return [
            ReadModel(
                each.name,
                *made[each.name],
                sum(query(f"SELECT COUNT(*) FROM {table}")[0][0] for table in each.tables),  # noqa: S608 - our tables
            )
            for each in PROJECTIONS
        ]

    def rebuild(self, names: Sequence[str], told: Told) -> Rebuilt:
        """Rebuild read models (`projections/rebuilding.py`). Raise AnotherAtWork."""
        with self.alone() as require_alone, _without_collecting():
            return Rebuilding(self.aside, self.log, PROJECTIONS, self._due, require_alone).rebuild(names, told)

    def verify(self, names: Sequence[str], told: Told) -> Verdict:
        """Compare read models with the log (`projections/verifying.py`). Raise AnotherAtWork."""
        with self.alone(), _without_collecting():
            return Verifying(self.aside, self.log, PROJECTIONS, self._due).verify(names, told)

    def _due(self) -> Mapping[str, DueRows]:
        """By the clock; or by the log, where a service's clock was moved by hand and is ahead."""
        now = self.clock.now()
        recorded = self.log.recorded_after(self.log.last_position() - 1)
        latest = now if recorded is None else max(now, from_epoch_milliseconds(recorded))
        return due_rows(latest, self.retention)


@contextmanager
def read_model_care(settings: Settings, clock: Clock) -> Iterator[ReadModelCare]:
    """Open the log and the read models. Other processes may have them open, too.

    Raise SchemaMissing when the tables are not those of this version, StoreUnavailable if they can't be opened.
    """
    retention = timedelta(days=settings.retention_days)
    with log_of(settings) as log:
        if settings.database_url is not None:
            alone: Alone = partial(_alone_in_database, settings.database_url)
            with closing(PostgresqlAside(settings.database_url, "read_models")) as in_database:
                yield ReadModelCare(log, in_database, alone, clock, retention)
        else:
            directory = make_data_directory(settings.data_directory)
            alone = partial(_alone_in_directory, directory.path)
            with closing(SqliteAside(directory.read_models)) as beside:
                _require_made(beside.serving)
                yield ReadModelCare(log, beside, alone, clock, retention)


def _require_made(database: Database) -> None:
    """A process of this version makes the tables of a file when it starts; one of another may be using them."""
    with database.transaction() as rows:
        rows.execute(STEPS)
        missing = ReadModelTables(PROJECTIONS).missing(rows)
    if missing:
        raise SchemaMissing(f"it lacks {', '.join(missing)}; `fleet-audit migrate` makes what is missing")


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Events have no cycles; to look for some among millions of findings would take a third of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def _alone_in_database(url: str) -> Iterator[Callable[[], None]]:
    connections = Connections(url, "public", most=1)
    with closing(connections), closing(AdvisoryLock(connections.connect, "read models aside")) as lock:
        if not lock.take():
            raise AnotherAtWork
        yield lock.require


@contextmanager
def _alone_in_directory(directory: Path) -> Iterator[Callable[[], None]]:
    lock = FileLock(directory / "rebuilding.lock")
    if not lock.is_held():
        raise AnotherAtWork
    try:
        yield lambda: None
    finally:
        lock.release()


POSITIONS = "SELECT name, version, position FROM projections"
