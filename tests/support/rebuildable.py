"""A log, read models that follow it, and what rebuilds and verifies them, on either database."""

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from events.audit_archive import ArchiveSummary, AuditTaskArchived
from events.event import Event
from events.identifiers import audit_archive_id, inventory_import_id
from events.inventory_import import ImportSource, ImportSummary, InventoryImported
from events.log import EventLog
from events.store.database import Database, Row
from projections.read_models import PROJECTIONS, ReadModels
from service.rebuilding import NAMES, ReadModelCare, read_model_care
from service.settings import Settings
from service.stores import stores_of_a_role
from tests.support.events import EXPIRING, device_certificate, non_compliance, task_id
from tests.support.fake_clock import FakeClock
from tests.support.given import ACCOUNT, NOON
from tests.support.notification_history import NotificationHistory

TABLES = {table: statements[0] for projection in PROJECTIONS for table, statements in projection.tables.items()}
"""Every table of every projection, and the statement that makes it."""


def say_nothing(what: str, done: int, total: int) -> None:
    """Nobody watches."""


class Rebuildable:
    """Read models as a follower keeps them, and others beside them."""

    def __init__(self, settings: Settings, log: EventLog, database: Database, clock: FakeClock) -> None:
        self.settings = settings
        self.log = log
        self.database = database
        self.models = ReadModels(database)
        self.clock = clock

    def happens(self, events: Sequence[Event]) -> None:
        """Append events, and follow."""
        self.log.append(events)
        self.follow()

    def follow(self) -> None:
        """Come to the log's end, as the follower of the service does."""
        while found := self.log.after(self.models.position()):
            self.models.take(found, found[-1].position)

    @contextmanager
    def care(self) -> Iterator[ReadModelCare]:
        """What a process has that rebuilds or verifies."""
        with read_model_care(self.settings, self.clock) as care:
            yield care

    def rebuild(self, *names: str) -> int:
        """Rebuild these, or all; return the position."""
        with self.care() as care:
            return care.rebuild(names or NAMES, say_nothing).position

    def rows(self) -> dict[str, list[Row]]:
        """Every row of every table, the positions included."""
        found = {"projections": self.database.query("SELECT name, version, position FROM projections")}
        found |= {table: self.database.query(f"SELECT * FROM {table}") for table in TABLES}
        return {table: sorted(rows, key=repr) for table, rows in found.items()}


@contextmanager
def rebuildable(settings: Settings) -> Iterator[Rebuildable]:
    """Open them, over a directory or a database."""
    with stores_of_a_role(settings) as stores:
        yield Rebuildable(settings, stores.log, stores.read_models, FakeClock(NOON + timedelta(days=1)))


def an_eventful_day() -> NotificationHistory:
    """What leaves rows in every table: audits that have ended, one under way, one that was archived."""
    history = NotificationHistory()
    imported = ImportSummary(ImportSource.HTTP, NOON, 1, True, 4, 0, 0, 0, 0)
    history.add(InventoryImported, inventory_import_id(ACCOUNT, "1"), summary=imported)
    history.role_changed()
    history.checks_enabled()
    history.check_configured()
    history.notification_target_changed()
    history.scheduled_audit_created(tags={"team": "fleet"})
    for number in (1, 2, 3):
        history.on_demand_audit_admitted(task_id(number))
        history.task_started(task_id(number))
        history.check_run_planned(task_id(number))
        found = [non_compliance(device_certificate(each)) for each in range(number, number + 4)]
        history.findings_recorded(found, task=task_id(number))
        history.shard_completed(task=task_id(number))
        if number < 3:
            history.check_run_ended(task_id(number))
            history.check_outcome_recorded(task_id(number))
            history.task_completed(task_id(number))
            history.on_demand_audit_released(task_id(number))
            history.notification_requested(task_id(number))
    history.notification_delivered(task_id(1))
    return history


def archived(history: NotificationHistory, number: int) -> None:
    """An audit's events are taken out of the log."""
    summary = ArchiveSummary("1.ndjson.gz", "ab" * 32, 3, 1, 3, {EXPIRING: 1})
    stream = audit_archive_id(ACCOUNT, task_id(number))
    history.add(AuditTaskArchived, stream, task_id=task_id(number), summary=summary)


class DyingAside:
    """Kills its process as soon as one of its acts is done."""

    def __init__(self, aside: Any, last_act: str) -> None:
        self._aside = aside
        self._last_act = last_act

    def __getattr__(self, name: str) -> Any:
        """The other's, but for the last act."""
        act = getattr(self._aside, name)
        if name != self._last_act:
            return act

        def last(*arguments: Any) -> None:
            act(*arguments)
            os.kill(os.getpid(), signal.SIGKILL)

        return last


def rebuild_and_die(settings: Settings, name: str, last_act: str) -> None:
    """What a process does that is killed in the midst of a rebuild."""
    with read_model_care(settings, FakeClock(NOON)) as care:
        dying: Any = DyingAside(care.aside, last_act)
        replace(care, aside=dying).rebuild((name,) if name else NAMES, say_nothing)
