"""Whether connections are collected at all: only while a check that needs them is enabled in the account.

Follows the log. What was collected is forgotten with the last such check, and pruned as it grows old.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import Any

from events.audit_account_events import AuditChecksDisabled, AuditChecksEnabled, AuditConfigurationDeleted
from events.clock import Clock, epoch_milliseconds
from events.event import Event
from events.log import Recorded
from events.store.database import Database, Transaction
from events.vocabulary import AccountId, CheckName
from workers.followed import Followed
from workers.presence.store import KEPT_FOR, PresenceStore

BETWEEN_PRUNINGS = timedelta(hours=1)

TRANSACTIONS_AT_ONCE = 10
"""Of pruning, between two looks at the log."""


class PresenceCollection:
    """What a follower drives. `collects` may be asked by any thread and process."""

    name = "presence"

    def __init__(
        self, database: Database, store: PresenceStore, needed_by: frozenset[CheckName], clock: Clock
    ) -> None:
        """Of the store's database. `needed_by` are the checks that need to know connections."""
        self._database = database
        self._followed = Followed(database, self.name, table="presence_position")
        self._store = store
        self._needed_by = needed_by
        self._clock = clock
        self._pruning: Iterator[int] = iter(())
        self._prune_from: datetime | None = None

    def collects(self, account: AccountId) -> bool:
        """Whether the account's connections are to be collected, as far as the log was followed."""
        return bool(self._database.query("SELECT 1 FROM presence_wanted WHERE account = ? LIMIT 1", (account,)))

    def position(self) -> int:
        """How far the log was followed."""
        return self._followed.position()

    def take(self, recorded: Sequence[Recorded], position: int) -> None:
        """Note which checks are enabled, and forget what none of them needs any more."""
        self._followed.take(recorded, position, self._change, CHANGES)

    def idle(self) -> None:
        """Prune for a while, once an hour and after something was forgotten."""
        self._followed.note()
        now = self._clock.now()
        if self._prune_from is None or now >= self._prune_from:
            self._prune_from = now + BETWEEN_PRUNINGS
            self._forget_strays()
            self._pruning = chain(self._pruning, self._store.pruning(now - KEPT_FOR))
        for _ in islice(self._pruning, TRANSACTIONS_AT_ONCE):
            pass

    def _change(self, rows: Transaction, recorded: Recorded) -> None:
        change = CHANGES.get(type(recorded.event))
        if change is not None:
            change(self, rows, recorded.event)

    def checks_enabled(self, rows: Transaction, event: AuditChecksEnabled) -> None:
        """Collect for those that need it."""
        rows.execute_many(
            "INSERT INTO presence_wanted (account, check_name, since) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [
                (event.account, name, epoch_milliseconds(event.timestamp))
                for name in event.check_names
                if name in self._needed_by
            ],
        )

    def checks_disabled(self, rows: Transaction, event: AuditChecksDisabled) -> None:
        """Forget what was collected, if it was for these alone."""
        self._no_longer_wanted(rows, event.account, event.check_names)

    def configuration_deleted(self, rows: Transaction, event: AuditConfigurationDeleted) -> None:
        """Forget what was collected."""
        self._no_longer_wanted(rows, event.account, self._needed_by)

    def _no_longer_wanted(
        self, rows: Transaction, account: AccountId, check_names: Sequence[CheckName] | frozenset[CheckName]
    ) -> None:
        was_wanted = rows.execute(WANTED, (account,))
        rows.execute_many(
            "DELETE FROM presence_wanted WHERE account = ? AND check_name = ?",
            [(account, name) for name in check_names],
        )
        if was_wanted and not rows.execute(WANTED, (account,)):
            self._store.mark_forgotten(rows, account)
            self._prune_from = None

    def _forget_strays(self) -> None:
        """Forget what a source recorded in the moment in which the last check was disabled."""
        for account in self._store.accounts():
            if self._store.known(account).since is not None and not self.collects(account):
                with self._database.transaction() as rows:
                    self._store.mark_forgotten(rows, account)


CHANGES: Mapping[type[Event], Callable[[PresenceCollection, Transaction, Any], None]] = {
    AuditChecksEnabled: PresenceCollection.checks_enabled,
    AuditChecksDisabled: PresenceCollection.checks_disabled,
    AuditConfigurationDeleted: PresenceCollection.configuration_deleted,
}

WANTED = "SELECT 1 FROM presence_wanted WHERE account = ? LIMIT 1"
