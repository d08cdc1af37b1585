"""The scheduled audits of an account, with their tags."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from events.audit_account_events import (
    ScheduledAuditChanged,
    ScheduledAuditCreated,
    ScheduledAuditDeleted,
    ScheduledAuditTagged,
    ScheduledAuditUntagged,
)
from events.event import Event
from events.scheduled_audit import Schedule
from events.store.database import Database, Row, Transaction
from events.vocabulary import AccountId, AuditFrequency, CheckName, DayOfWeek
from projections.json_column import JsonColumn
from projections.paging import Keyset, Page, Slice, rows_needed
from projections.projection import Handler, Projection


@dataclass(frozen=True, slots=True)
class ScheduledAuditView:
    """One scheduled audit."""

    name: str
    frequency: AuditFrequency
    day_of_month: str | None
    day_of_week: DayOfWeek | None
    check_names: list[CheckName]
    tags: Mapping[str, str]


class ScheduledAudits(Projection):
    """Answers DescribeScheduledAudit, ListScheduledAudits and ListTagsForResource."""

    name = "scheduled_audits"
    version = 1
    tables: ClassVar = {
        "scheduled_audits": (
            """
            CREATE TABLE scheduled_audits (
                account TEXT NOT NULL,
                name TEXT NOT NULL,
                frequency TEXT NOT NULL,
                day_of_month TEXT,
                day_of_week TEXT,
                check_names TEXT NOT NULL,
                tags TEXT NOT NULL,
                PRIMARY KEY (account, name)
            )
            """,
        )
    }

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._check_names = JsonColumn(list[CheckName])
        self._tags = JsonColumn(dict[str, str])

    def created(self, rows: Transaction, event: ScheduledAuditCreated) -> None:
        """Add a scheduled audit."""
        tags = self._tags.write(event.tags)
        rows.execute(
            INSERT,
            (
                event.account,
                event.name,
                *_schedule(event.schedule),
                self._check_names.write(event.check_names),
                tags,
            ),
        )

    def changed(self, rows: Transaction, event: ScheduledAuditChanged) -> None:
        """Give a scheduled audit another schedule and other checks, all of which the event has."""
        rows.execute(
            UPDATE,
            (*_schedule(event.schedule), self._check_names.write(event.check_names), event.account, event.name),
        )

    def deleted(self, rows: Transaction, event: ScheduledAuditDeleted) -> None:
        """Forget a scheduled audit."""
        rows.execute("DELETE FROM scheduled_audits WHERE account = ? AND name = ?", (event.account, event.name))

    def tagged(self, rows: Transaction, event: ScheduledAuditTagged) -> None:
        """Add tags, or give those that exist another value."""
        self._retag(rows, event, self._tags_before(rows, event) | event.tags)

    def untagged(self, rows: Transaction, event: ScheduledAuditUntagged) -> None:
        """Take tags away."""
        before = self._tags_before(rows, event)
        self._retag(rows, event, {key: before[key] for key in before if key not in event.tag_keys})

    def _tags_before(
        self, rows: Transaction, event: ScheduledAuditTagged | ScheduledAuditUntagged
    ) -> dict[str, str]:
        sql = "SELECT tags FROM scheduled_audits WHERE account = ? AND name = ?"
        found = rows.execute(sql, (event.account, event.name))
        return self._tags.read(found[0][0]) if found else {}

    def _retag(
        self,
        rows: Transaction,
        event: ScheduledAuditTagged | ScheduledAuditUntagged,
        tags: Mapping[str, str],
    ) -> None:
        sql = "UPDATE scheduled_audits SET tags = ? WHERE account = ? AND name = ?"
        rows.execute(sql, (self._tags.write(dict(tags)), event.account, event.name))

    def _view(self, row: Row) -> ScheduledAuditView:
        name, frequency, day_of_month, day_of_week, check_names, tags = row
        return ScheduledAuditView(
            name,
            AuditFrequency(frequency),
            day_of_month,
            None if day_of_week is None else DayOfWeek(day_of_week),
            self._check_names.read(check_names),
            self._tags.read(tags),
        )

    def describe(self, account: AccountId, name: str) -> ScheduledAuditView | None:
        """Return a scheduled audit of the account, None if it has none of that name."""
        found = self.query(f"{SELECT} AND name = ?", (account, name))
        return self._view(found[0]) if found else None

    def list(self, account: AccountId, page: Page) -> Slice[ScheduledAuditView]:
        """Return the account's scheduled audits by name, upper case before lower case."""
        bound = BY_NAME.bound(page, first=("",))
        found = self.query(LIST, (account, *bound, rows_needed(page)))
        return BY_NAME.slice(found, page, self._view)

    handles: ClassVar[Mapping[type[Event], Handler]] = {
        ScheduledAuditCreated: created,
        ScheduledAuditChanged: changed,
        ScheduledAuditDeleted: deleted,
        ScheduledAuditTagged: tagged,
        ScheduledAuditUntagged: untagged,
    }

    replaces: ClassVar[Mapping[type[Event], Callable[[Any], Hashable]]] = {
        ScheduledAuditChanged: lambda event: (event.account, event.name),
    }


BY_NAME = Keyset(("name",), is_descending=False)

SELECT = """
    SELECT name, frequency, day_of_month, day_of_week, check_names, tags FROM scheduled_audits WHERE account = ?
"""

LIST = f"{SELECT} AND {BY_NAME.condition} {BY_NAME.order}"

INSERT = """
    INSERT INTO scheduled_audits (account, name, frequency, day_of_month, day_of_week, check_names, tags)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (account, name) DO UPDATE
    SET frequency = excluded.frequency, day_of_month = excluded.day_of_month, day_of_week = excluded.day_of_week,
        check_names = excluded.check_names, tags = excluded.tags
"""

UPDATE = """
    UPDATE scheduled_audits SET frequency = ?, day_of_month = ?, day_of_week = ?, check_names = ?
    WHERE account = ? AND name = ?
"""


def _schedule(schedule: Schedule) -> tuple[str, str | None, str | None]:
    day_of_week = schedule.day_of_week
    return schedule.frequency.value, schedule.day_of_month, None if day_of_week is None else day_of_week.value
