"""The scheduler's table: each scheduled audit, and when it is due next. Made of the log."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from events.audit_account_events import (
    ScheduledAuditChanged,
    ScheduledAuditCreated,
    ScheduledAuditDeleted,
    ScheduledAuditStarted,
)
from events.clock import epoch_milliseconds, from_epoch_milliseconds
from events.event import Event
from events.scheduled_audit import Schedule
from events.store.database import Database, Transaction
from events.store.schema import Steps
from events.timetable import timetable
from events.vocabulary import AccountId
from workers.followed import FOLLOWED

SCHEMA = (
    FOLLOWED,
    """CREATE TABLE IF NOT EXISTS due_audits (
        account TEXT NOT NULL, name TEXT NOT NULL, generation BIGINT NOT NULL,
        schedule TEXT NOT NULL, -- JSON of Schedule
        since BIGINT NOT NULL, -- epoch milliseconds: when it was given this schedule
        due_at BIGINT NOT NULL, -- epoch milliseconds
        PRIMARY KEY (account, name))""",
    "CREATE INDEX IF NOT EXISTS due_audits_in_turn ON due_audits (due_at)",
)

SCHEDULE_TABLES = Steps("schedule", {"schedule": SCHEMA})


class DueAudit(NamedTuple):
    """A scheduled audit, and when it is due."""

    account: AccountId
    name: str
    generation: int
    due_at: datetime


class DueAudits:
    """Reads the table; `Planning` changes it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def up_to(self, moment: datetime) -> list[DueAudit]:
        """Those that are due at a moment, the ones longest due first."""
        rows = self._database.query(
            "SELECT account, name, generation, due_at FROM due_audits WHERE due_at <= ? "
            "ORDER BY due_at, account, name",
            (epoch_milliseconds(moment),),
        )
        return [
            DueAudit(account, name, generation, from_epoch_milliseconds(due_at))
            for account, name, generation, due_at in rows
        ]

    def next(self) -> datetime | None:
        """When the next one is due, whosever it is; None while nothing is scheduled."""
        [(due_at,)] = self._database.query("SELECT min(due_at) FROM due_audits")
        return None if due_at is None else from_epoch_milliseconds(due_at)


class Planning:
    """Changes the table inside a transaction: what a batch of events changes is read once and written together."""

    def __init__(self, rows: Transaction) -> None:
        self._rows = rows
        self._planned: dict[_Key, _Planned | None] = {}
        """What was read of the table, or has changed since; None for what was deleted."""
        self._changed: dict[_Key, Event] = {}
        """Which event has changed it last."""

    def created(self, event: ScheduledAuditCreated) -> None:
        """Plan the first audit."""
        self._plan(event, _Planned(event.generation, event.schedule, event.timestamp))

    def changed(self, event: ScheduledAuditChanged) -> None:
        """Plan anew, if it is the schedule that has changed."""
        planned = self._planned_for(event)
        if planned.schedule != event.schedule:
            self._plan(event, planned._replace(schedule=event.schedule, since=event.timestamp))

    def started(self, event: ScheduledAuditStarted) -> None:
        """Plan the next audit: of what was due until now, this one is all that comes."""
        self._plan(event, self._planned_for(event))

    def deleted(self, event: ScheduledAuditDeleted) -> None:
        """Nothing is due any more."""
        self._plan(event, None)

    def write(self) -> None:
        """Write what has changed: of each audit, the first time after its last event at which it is due."""
        due = []
        for key, event in self._changed.items():
            planned = self._planned[key]
            if planned is None:
                self._rows.execute("DELETE FROM due_audits WHERE account = ? AND name = ?", key)
                continue
            next_due = timetable(key.account, key.name, *planned).next_after(event.timestamp)
            schedule = msgspec.json.encode(planned.schedule).decode()
            since = epoch_milliseconds(planned.since)
            due.append((*key, planned.generation, schedule, since, epoch_milliseconds(next_due)))
        if due:
            self._rows.execute_many(INSERT, due)

    def _planned_for(self, event: ScheduledAuditChanged | ScheduledAuditStarted) -> "_Planned":
        key = _Key(event.account, event.name)
        planned = self._planned.get(key) or self._read(key)
        self._planned[key] = planned
        return planned

    def _read(self, key: "_Key") -> "_Planned":
        [(generation, schedule, since)] = self._rows.execute(
            "SELECT generation, schedule, since FROM due_audits WHERE account = ? AND name = ?", key
        )
        return _Planned(generation, msgspec.json.decode(schedule, type=Schedule), from_epoch_milliseconds(since))

    def _plan(self, event: "_OfAnAudit", planned: "_Planned | None") -> None:
        key = _Key(event.account, event.name)
        self._planned[key] = planned
        self._changed[key] = event


_OfAnAudit = ScheduledAuditCreated | ScheduledAuditChanged | ScheduledAuditStarted | ScheduledAuditDeleted


class _Key(NamedTuple):
    account: AccountId
    name: str


class _Planned(NamedTuple):
    generation: int
    schedule: Schedule
    since: datetime


INSERT = """
    INSERT INTO due_audits (account, name, generation, schedule, since, due_at) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (account, name) DO UPDATE SET generation = excluded.generation, schedule = excluded.schedule,
        since = excluded.since, due_at = excluded.due_at
"""

CHANGES: Mapping[type[Event], Callable[[Planning, Any], None]] = {
    ScheduledAuditCreated: Planning.created,
    ScheduledAuditChanged: Planning.changed,
    ScheduledAuditStarted: Planning.started,
    ScheduledAuditDeleted: Planning.deleted,
}
