"""What the actors of a process work with."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from events.application import Application
from events.clock import Clock
from events.log import EventLog
from events.vocabulary import AccountId, CheckName
from workers.aws_account.outcome import AccountReader
from workers.checks.check import Check
from workers.inventory.kinds import Examines, Kind
from workers.inventory.rows import Row
from workers.judging.look_back import Window
from workers.judging.revocation import Revocations
from workers.judging.weak_keys import WeakKeys
from workers.observer import WorkObserver

SHARD_SIZE = 25_000
"""Rows a shard. Judging one takes a tenth of a second, so that a lost one costs little; what is done around it,
by the worker, the dispatcher and the read models, some milliseconds."""


class Inventory(Protocol):
    """What an audit asks of the inventory (`workers/inventory/store.py`)."""

    def current_version(self, account: AccountId) -> int:
        """The version that an audit beginning now is to look at."""
        ...

    def is_listed(self, account: AccountId, kind: Kind, version: int) -> bool:
        """Whether anything is known of the account's resources of a kind: there are some, or there are none."""
        ...

    def shard_bounds(
        self, account: AccountId, examines: Examines, version: int, shard_size: int
    ) -> list[str | None]:
        """Cut what a check examines: one upper bound (inclusive) a shard, in key order, the last None."""
        ...

    def rows(
        self, account: AccountId, examines: Examines, version: int, after: str | None, up_to: str | None
    ) -> Iterator[Row]:
        """The rows of one shard in the order of their keys, however many, in little memory."""
        ...


class Presence(Protocol):
    """What an audit asks of the connections that were collected (`workers/presence/connections.py`)."""

    def known_since(self, account: AccountId) -> datetime | None:
        """Since when the account's connections are known; None while nothing is."""
        ...

    def is_forgotten(self, account: AccountId, version: int) -> bool:
        """Whether what was known at a version has been deleted since, or may be half deleted."""
        ...

    def during(self, window: Window) -> Inventory:
        """The connections of a window, to be asked as an inventory is."""
        ...


class Collector(Protocol):
    """Fetches and keeps what checks need besides the inventory (`workers/revocation/collecting.py`)."""

    def collect(
        self, account: AccountId, check: Check, version: int, since: datetime, is_wanted: Callable[[], bool]
    ) -> str | None:
        """Collect for a check of an audit that started at `since`, and return the id of what was kept.

        None when `is_wanted` says meanwhile that nobody waits for it.
        """
        ...

    def revocations(self, evidence_id: str) -> Revocations:
        """What was kept, for the check to ask."""
        ...


@dataclass(frozen=True)
class Worker:
    """The stores, the checks and the settings of the process that the actors run in."""

    application: Application
    log: EventLog
    inventory: Inventory
    registry: Mapping[CheckName, Check]
    clock: Clock
    region: str
    weak_keys: WeakKeys | None = None
    collector: Collector | None = None
    """None: nothing is fetched, and checks that would need it can judge nothing."""
    linked_account: AccountReader | None = None
    """None: the inventory is filled by imports only."""
    presence: Presence | None = None
    """Needed where the registry has checks of connections."""
    observer: WorkObserver | None = None
    """Who wants to know how the actors fare."""
    shard_size: int = SHARD_SIZE
    monotonic: Callable[[], float] = time.monotonic
    """Seconds, for how often to look whether an audit is still wanted."""
    stopping: threading.Event = field(default_factory=threading.Event)
    """Set when the process ends: work that has begun is abandoned, and done again after the next start."""

    @property
    def collecting_checks(self) -> frozenset[CheckName]:
        """Those whose planning waits for servers of others."""
        return collecting_checks(self.registry, is_account_linked=self.linked_account is not None)


def collecting_checks(
    registry: Mapping[CheckName, Check], *, is_account_linked: bool = False
) -> frozenset[CheckName]:
    """The checks whose planning waits for servers of others: with a linked account, every one may."""
    return frozenset(name for name, check in registry.items() if is_account_linked or check.collects is not None)
