"""What checks find in connections: one pass in the order in which they began, in little memory.

A row is (key, began_at, ended_at, other, connected_at, ...): the key is a principal and the other the client id,
or the other way round. Times are epoch milliseconds.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush, heappushpop
from itertools import count

from events.finding_batches import RELATED_PER_EVENT, room_of
from events.resource import RelatedResource
from workers.inventory.rows import Row

STILL_CONNECTED = 2**63 - 1
"""The `ended_at` of a connection that lasts, as far as is known."""

MOST_NAMED = RELATED_PER_EVENT
"""Connections that a finding names: the newest ones. More would not fit into one event."""

MOST_OPEN = 10_000
"""Clients of one certificate that are followed at the same time, those that stay longest. Of a certificate with
more, which is shared in any case, some connections may not be named."""


@dataclass(slots=True)
class Concurrent:
    """The connections of one certificate that lasted at the same time as another client's."""

    number: int = 0
    newest: deque[Row] = field(default_factory=lambda: deque(maxlen=MOST_NAMED))
    """As they began."""
    _open: dict[str, int] = field(default_factory=dict)
    """Until when each client stays. A client has one connection: the next one ends the one before, told or not."""
    _ends: list[tuple[int, str]] = field(default_factory=list)
    """A heap of the same, with entries that hold no longer."""

    def join(self, row: Row) -> None:
        """One more that is connected together with others."""
        self.number += 1
        self.newest.append(row)
        client, ended_at = row[3], row[2]
        self._open[client] = ended_at
        heappush(self._ends, (ended_at, client))
        if len(self._open) > MOST_OPEN:
            self._first_to_end()
        if len(self._ends) > 2 * len(self._open) + MOST_NAMED:
            self._ends = [(ended_at, client) for client, ended_at in self._open.items()]
            heapify(self._ends)

    def leaves_alone(self, row: Row) -> bool:
        """Whether all others are gone when this one begins."""
        began_at = row[1]
        while self._ends and self._ends[0][0] <= began_at:
            self._first_to_end()
        self._open.pop(row[3], None)
        return not self._open

    def _first_to_end(self) -> None:
        ended_at, client = heappop(self._ends)
        if self._open.get(client) == ended_at:
            del self._open[client]


def concurrent(connections: Iterable[Row]) -> Concurrent | None:
    """What one certificate's connections have of those that overlap; None when there are none.

    Two overlap when their client ids differ and one began before the other ended.
    """
    found: Concurrent | None = None
    alone: Row | None = None
    for row in connections:
        if alone is not None:
            if row[3] == alone[3] or alone[2] <= row[1]:
                alone = row
                continue
            found = found or Concurrent()
            found.join(alone)
            found.join(row)
            alone = None
        elif found is None or found.leaves_alone(row):
            alone = row
        else:
            found.join(row)
    return found


@dataclass(slots=True)
class Displaced:
    """The connections of one client id that another one ended."""

    number: int = 0
    _newest: list[tuple[int, int, Row]] = field(default_factory=list)
    """A heap, by when they ended."""
    _order: Iterator[int] = field(default_factory=count)

    @property
    def newest(self) -> list[Row]:
        """As they ended."""
        return [row for _, _, row in sorted(self._newest)]

    def add(self, row: Row) -> None:
        """One more."""
        self.number += 1
        entry = (row[2], next(self._order), row)
        if len(self._newest) < MOST_NAMED:
            heappush(self._newest, entry)
        else:
            heappushpop(self._newest, entry)


def displaced(connections: Iterable[Row], until: int) -> Displaced | None:
    """Which connections with one client id were ended by another one before `until`; None when none was.

    A row has as its sixth value what the broker said of that. Where it gave no reason, the connection was
    displaced if the next one began before it ended.
    """
    found: Displaced | None = None
    before: Row | None = None
    for row in connections:
        if before is not None and before[2] < until and _was_displaced(before, row[1]):
            found = found or Displaced()
            found.add(before)
        before = row
    if before is not None and before[2] < until and before[5]:
        found = found or Displaced()
        found.add(before)
    return found


def _was_displaced(row: Row, next_began_at: int) -> bool:
    told = row[5]
    return next_began_at < row[2] if told is None else bool(told)


def related(newest: Iterable[Row], resource_of: Callable[[Row], RelatedResource]) -> tuple[RelatedResource, ...]:
    """Name connections with their times, the newest first, as many as fit into an event."""
    named: list[RelatedResource] = []
    room = RELATED_PER_EVENT
    for row in reversed(list(newest)):
        each = resource_of(row)
        room -= room_of(each)
        if room < 0:
            break
        named.append(each)
    return tuple(named)


def times(row: Row) -> dict[str, str]:
    """When a connection began and ended, as far as is known, in AWS's own members."""
    told = {} if row[4] is None else {"CONNECTION_TIME": str(row[4])}
    return told if row[2] == STILL_CONNECTED else told | {"DISCONNECTION_TIME": str(row[2])}
