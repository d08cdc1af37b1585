"""Who did what: every command and everything that the service did by itself, in plain words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar

import orjson

from events.at_hand import EVENT
from events.audit_archive import AuditTaskArchived
from events.clock import epoch_milliseconds
from events.event import Event
from events.identifiers import audit_task_id
from events.log import Recorded
from events.store.database import Database, Row, Transaction
from events.vocabulary import AccountId, CheckName, TaskId
from projections.finding_search import just_beyond
from projections.history_rows import HistoryRows
from projections.history_words import TELLERS, Told
from projections.json_column import JsonColumn
from projections.paging import Keyset, Page, Slice, rows_needed
from projections.projection import Handler, Projection


@dataclass(frozen=True, slots=True)
class Change:
    """What one setting was before and is after; None: it is not set."""

    member: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One thing that happened."""

    recorded_at: int
    """Epoch milliseconds."""
    position: int
    actor: str
    request_id: str
    kind: str
    """The event's topic, in its present version."""
    stream: str
    version: int
    event_id: str
    task_id: TaskId | None
    scheduled_audit_name: str | None
    check_names: list[CheckName]
    sentence: str
    changes: list[Change]
    event: Mapping[str, Any]
    """The event's own members."""


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """What is wanted: what meets every member that is not None."""

    start_ms: int | None = None
    end_ms: int | None = None
    stream: str | None = None
    kind: str | None = None
    """A topic, or its beginning: `AuditAccount`, `AuditAccount.ChecksDisabled`."""
    actor: str | None = None
    task_id: str | None = None
    scheduled_audit_name: str | None = None
    check_name: str | None = None
    up_to: int | None = None
    """Only what stands at this position or before."""


class History(Projection):
    """Answers who did what, and what changed by it.

    What settings were before an event is known from a table of its own, so that the same events make the same
    rows. The rows of an audit's own stream go when its events leave the log (a log that is read anew would not
    have them, either); what the account's stream and the archive's say of it stays.
    """

    name = "history"
    version = 2
    tables: ClassVar = {
        "history": (
            """
            CREATE TABLE history (
                position BIGINT NOT NULL PRIMARY KEY,
                account TEXT NOT NULL,
                recorded_at BIGINT NOT NULL,
                actor TEXT NOT NULL,
                request_id TEXT NOT NULL,
                kind TEXT NOT NULL,
                stream TEXT NOT NULL,
                version BIGINT NOT NULL,
                event_id TEXT NOT NULL,
                task_id TEXT,
                scheduled_audit_name TEXT,
                check_names TEXT NOT NULL,
                sentence TEXT NOT NULL,
                changes TEXT NOT NULL,
                event TEXT NOT NULL
            )
            """,
            "CREATE INDEX history_by_time ON history (account, recorded_at, position)",
            "CREATE INDEX history_by_kind ON history (account, kind, recorded_at, position)",
            "CREATE INDEX history_by_actor ON history (account, actor, recorded_at, position)",
            "CREATE INDEX history_by_task ON history (account, task_id, recorded_at, position)",
            "CREATE INDEX history_by_stream ON history (account, stream, recorded_at, position)",
        ),
        "history_checks": (
            """
            CREATE TABLE history_checks (
                account TEXT NOT NULL,
                check_name TEXT NOT NULL,
                position BIGINT NOT NULL,
                PRIMARY KEY (account, check_name, position)
            )
            """,
        ),
        "history_settings": (
            """
            CREATE TABLE history_settings (
                account TEXT NOT NULL,
                member TEXT NOT NULL,
                value TEXT NOT NULL,
                PRIMARY KEY (account, member)
            )
            """,
        ),
    }
    handles: ClassVar[Mapping[type[Event], Handler]] = {}
    """Nothing is projected without its position: `take` does it."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._changes = JsonColumn(list[Change])
        self._names = JsonColumn(list[CheckName])

    def take_all(self, rows: Transaction, recorded: Sequence[Recorded]) -> None:
        """Tell of the events that are told, with few statements for all."""
        history = HistoryRows(rows)
        for each in recorded:
            EVENT.set(each.event)
            self._tell(history, each)
        history.write()

    def take(self, rows: Transaction, recorded: Recorded) -> None:
        """Tell of an event, if it is one that is told."""
        self.take_all(rows, [recorded])

    def _tell(self, history: HistoryRows, recorded: Recorded) -> None:
        event = recorded.event
        teller = TELLERS.get(type(event))
        if teller is None:
            return
        told = teller(event)
        changes = [*_forget(history, event.account, told), *_set(history, event.account, told)]
        history.tell((recorded.position, *self._row(event, told, changes)))
        names = dict.fromkeys(told.check_names)
        history.name_checks([(event.account, name, recorded.position) for name in names])
        if isinstance(event, AuditTaskArchived):
            history.remove(event.account, str(audit_task_id(event.account, event.task_id)))

    def _row(self, event: Event, told: Told, changes: list[Change]) -> tuple[Any, ...]:
        return (
            event.account,
            epoch_milliseconds(event.timestamp),
            event.actor,
            event.request_id,
            event.TOPIC,
            str(event.originator_id),
            event.originator_version,
            str(event.event_id),
            told.task_id,
            told.scheduled_audit_name,
            self._names.write(list(told.check_names)),
            (told.sentence + _in_words(changes)).replace("\0", "\\0"),
            self._changes.write(changes),
            orjson.dumps(_members(event), option=orjson.OPT_NON_STR_KEYS).decode(),
        )

    def list(
        self, account: AccountId, wanted: HistoryFilter, page: Page, *, oldest_first: bool = False
    ) -> Slice[HistoryEntry]:
        """Return what happened in the account, newest first unless told otherwise."""
        order = OLDEST_FIRST if oldest_first else NEWEST_FIRST
        given = {sql: value for sql, value in _conditions(account, wanted) if value is not None}
        first = (-1, -1) if oldest_first else (END_OF_TIME, END_OF_TIME)
        where = " AND ".join(("account = ?", *given, order.condition))
        sql = f"SELECT {', '.join(COLUMNS)} FROM history WHERE {where} {order.order}"  # noqa: S608 - our own words
        parameters = [
            each for value in given.values() for each in (value if isinstance(value, tuple) else (value,))
        ]
        found = self.query(sql, (account, *parameters, *order.bound(page, first), rows_needed(page)))
        return order.slice(found, page, self._entry)

    def _entry(self, row: Row) -> HistoryEntry:
        *columns, names, sentence, changes, event = row
        read = [*columns, self._names.read(names), sentence, self._changes.read(changes), orjson.loads(event)]
        return HistoryEntry(*read)


COLUMNS = tuple(each.name for each in fields(HistoryEntry))

NEWEST_FIRST = Keyset(COLUMNS[:2], is_descending=True)
OLDEST_FIRST = Keyset(COLUMNS[:2], is_descending=False)

END_OF_TIME = 2**63 - 1

CARRIED = frozenset({"originator_id", "originator_version", "timestamp", "account", "actor", "request_id"})
"""What a row has of every event in columns."""

SECRET = frozenset({"secret"})
"""Members that nobody is shown, though they are sealed."""


def _forget(history: HistoryRows, account: AccountId, told: Told) -> list[Change]:
    return [
        Change(member, value, None)
        for prefix in told.forgets
        for member, value in history.forget(account, prefix, just_beyond(prefix))
    ]


def _set(history: HistoryRows, account: AccountId, told: Told) -> list[Change]:
    changes = []
    for member, after in told.sets.items():
        before = history.setting(account, member)
        if after != before:
            history.set(account, member, after)
            changes.append(Change(member, before, after))
    return changes


def _conditions(account: AccountId, wanted: HistoryFilter) -> Sequence[tuple[str, Any]]:
    kind = None if wanted.kind is None else (wanted.kind, just_beyond(wanted.kind))
    check = None if wanted.check_name is None else (account, wanted.check_name)
    return (
        ("recorded_at >= ?", wanted.start_ms),
        ("recorded_at <= ?", wanted.end_ms),
        ("stream = ?", wanted.stream),
        ("kind >= ? AND kind < ?", kind),
        ("actor = ?", wanted.actor),
        ("task_id = ?", wanted.task_id),
        ("position <= ?", wanted.up_to),
        ("scheduled_audit_name = ?", wanted.scheduled_audit_name),
        ("position IN (SELECT position FROM history_checks WHERE account = ? AND check_name = ?)", check),
    )


def _members(event: Event) -> dict[str, Any]:
    return {name: value for name, value in vars(event).items() if name not in CARRIED | SECRET}


def _in_words(changes: Sequence[Change]) -> str:
    """` (enabled -> disabled)`; with the last part of a member's name where that says more."""
    said = dict.fromkeys(_change_in_words(change) for change in changes)
    return f" ({', '.join(said)})" if said else ""


def _change_in_words(change: Change) -> str:
    arrow = f"{_value_in_words(change.before)} -> {_value_in_words(change.after)}"
    first, _, name = change.member.rpartition(".")
    return arrow if first in {"checks", "service"} or not first else f"{name}: {arrow}"


def _value_in_words(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
