"""What the actors of a process work with."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from events.application import Application
from events.clock import Clock
from events.log import EventLog
from events.vocabulary import AccountId, CheckName
from workers.checks.check import Check
from workers.inventory.kinds import Examines
from workers.inventory.rows import Row
from workers.judging.weak_keys import WeakKeys

SHARD_SIZE = 10_000
"""Rows a shard. Judging one takes a fraction of a second, so that a lost one costs little."""


class Inventory(Protocol):
    """What an audit asks of the inventory (`workers/inventory/store.py`)."""

    def current_version(self, account: AccountId) -> int:
        """The version that an audit beginning now is to look at."""
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
    shard_size: int = SHARD_SIZE
    monotonic: Callable[[], float] = time.monotonic
    """Seconds, for how often to look whether an audit is still wanted."""
    stopping: threading.Event = field(default_factory=threading.Event)
    """Set when the process ends: work that has begun is abandoned, and done again after the next start."""
