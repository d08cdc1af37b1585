"""What a batch of events writes into the tables of the history: read once, written together."""

from typing import Any

import orjson

from events.store.database import Row, Transaction
from events.vocabulary import AccountId

_Setting = tuple[AccountId, str]


class HistoryRows:
    """Rows and settings on their way into the tables of `projections/history.py`, inside a transaction."""

    def __init__(self, rows: Transaction) -> None:
        self._rows = rows
        self._told: list[Row] = []
        self._checks: list[Row] = []
        self._settings: dict[_Setting, str | None] = {}
        """Each setting that was asked for, as JSON, as it is by now; None: not set."""
        self._changed: set[_Setting] = set()

    def tell(self, row: Row) -> None:
        """Add a row to the history."""
        self._told.append(row)

    def name_checks(self, rows: list[Row]) -> None:
        """Let what stands at a position be found by the checks it is about."""
        self._checks += rows

    def setting(self, account: AccountId, member: str) -> Any:
        """What a setting is now; None if it is not set."""
        key = account, member
        if key not in self._settings:
            found = self._rows.execute(SETTING, key)
            self._settings[key] = found[0][0] if found else None
        value = self._settings[key]
        return None if value is None else orjson.loads(value)

    def set(self, account: AccountId, member: str, value: Any) -> None:
        """Change a setting; None: it is not set any more."""
        self._settings[account, member] = None if value is None else orjson.dumps(value).decode()
        self._changed.add((account, member))

    def forget(self, account: AccountId, first: str, beyond: str) -> list[tuple[str, Any]]:
        """Forget every setting from one name to another; return what they were, in the order of their names."""
        self.write()
        self._settings.clear()
        found = self._rows.execute(FORGET_SETTINGS, (account, first, beyond))
        return [(member, orjson.loads(value)) for member, value in sorted(found)]

    def remove(self, account: AccountId, stream: str) -> None:
        """Remove what stands there of a stream."""
        self.write()
        found = self._rows.execute(NAMED_CHECKS, (account, stream))
        self._rows.execute_many(
            FORGET_CHECK,
            [(account, name, position) for position, names in found for name in orjson.loads(names)],
        )
        self._rows.execute("DELETE FROM history WHERE account = ? AND stream = ?", (account, stream))

    def write(self) -> None:
        """Write all that was given so far."""
        changed = [(*key, self._settings[key]) for key in sorted(self._changed)]
        gone = [(account, member) for account, member, value in changed if value is None]
        for statement, rows in (
            (INSERT, self._told),
            (INSERT_CHECK, self._checks),
            (UNSET, gone),
            (SET, [row for row in changed if row[2] is not None]),
        ):
            if rows:
                self._rows.execute_many(statement, rows)
        self._told, self._checks = [], []
        self._changed.clear()


INSERT = """
    INSERT INTO history
        (position, account, recorded_at, actor, request_id, kind, stream, version, event_id, task_id,
         scheduled_audit_name, check_names, sentence, changes, event)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (position) DO NOTHING
"""

INSERT_CHECK = """
    INSERT INTO history_checks (account, check_name, position) VALUES (?, ?, ?)
    ON CONFLICT (account, check_name, position) DO NOTHING
"""

NAMED_CHECKS = "SELECT position, check_names FROM history WHERE account = ? AND stream = ?"

FORGET_CHECK = "DELETE FROM history_checks WHERE account = ? AND check_name = ? AND position = ?"
"""By the primary key: an index by position, for this alone, would be written for every check of every entry."""

SETTING = "SELECT value FROM history_settings WHERE account = ? AND member = ?"

SET = """
    INSERT INTO history_settings (account, member, value) VALUES (?, ?, ?)
    ON CONFLICT (account, member) DO UPDATE SET value = excluded.value
"""

UNSET = "DELETE FROM history_settings WHERE account = ? AND member = ?"

FORGET_SETTINGS = """
    DELETE FROM history_settings WHERE account = ? AND member >= ? AND member < ? RETURNING member, value
"""
