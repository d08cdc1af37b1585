"""What the recorders of the log have in common: how it is read."""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar, cast
from uuid import UUID

from eventsourcing.persistence import ApplicationRecorder, Notification, Subscription
from eventsourcing.persistence import StoredEvent as LibraryStoredEvent

from events.bell import Bell
from events.log import EventAsStored, LogRecorder
from events.store.database import Database
from events.store.subscription import BellSubscription

NO_END = 2**63 - 1

PIECE = 500
"""Streams or positions that one statement names."""

T = TypeVar("T")


class DatabaseRecorder(LogRecorder):
    """Reads the table `events` (position, stream, version, topic, state, ...) of a database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.appended = Bell()

    @staticmethod
    @abstractmethod
    def id_as_stored(stream: UUID) -> Any:
        """A stream's identifier as the column has it."""

    @staticmethod
    @abstractmethod
    def id_as_read(stored: Any) -> UUID:
        """What the column has as a stream's identifier."""

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[LibraryStoredEvent]:
        """Return events of a stream whose versions are above `gt` and not above `lte`."""
        rows = self._database.query(
            "SELECT version, topic, state FROM events WHERE stream = ? AND version > ? AND version <= ?"  # noqa: S608
            f" ORDER BY version {'DESC' if desc else 'ASC'} LIMIT ?",
            (
                self.id_as_stored(cast("UUID", originator_id)),
                0 if gt is None else gt,
                NO_END if lte is None else lte,
                NO_END if limit is None else limit,
            ),
        )
        return [LibraryStoredEvent(originator_id, *row) for row in rows]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Return events from position `start` to `stop`, of the given topics or of all, in order."""
        as_read = self.id_as_read
        lowest = 0 if start is None else start + (not inclusive_of_start)
        of_topics = f"AND topic IN ({', '.join('?' * len(topics))})" if topics else ""
        rows = self._database.query(
            "SELECT stream, version, topic, state, position FROM events"  # noqa: S608 - question marks only
            f" WHERE position >= ? AND position <= ? {of_topics} ORDER BY position LIMIT ?",
            (lowest, NO_END if stop is None else stop, *topics, limit),
        )
        return [Notification(as_read(row[0]), *row[1:]) for row in rows]

    def max_notification_id(self) -> int | None:
        """Return the last position, None when nothing was ever recorded."""
        [(last,)] = self._database.query("SELECT max(position) FROM events")
        return cast("int | None", last)

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[ApplicationRecorder]:
        """Return an iterator over the log that waits for more at its end."""
        return BellSubscription(self, self.appended, gt, topics)

    def recorded_after(self, position: int) -> int | None:
        """Return when the first event after a position was recorded, in epoch milliseconds; None without one."""
        found = self._database.query(
            "SELECT recorded_at FROM events WHERE position > ? ORDER BY position LIMIT 1", (position,)
        )
        return cast("int", found[0][0]) if found else None

    def positions_of(self, streams: Sequence[UUID], topics: Sequence[str], up_to: int) -> list[int]:
        """Return where the events of some streams and topics are, up to a position, in order."""
        positions: list[int] = []
        for some in _pieces(streams):
            rows = self._database.query(
                f"SELECT position FROM events WHERE stream IN ({_marks(some)})"  # noqa: S608 - question marks only
                f" AND topic IN ({_marks(topics)}) AND position <= ?",
                (*map(self.id_as_stored, some), *topics, up_to),
            )
            positions += [position for (position,) in rows]
        return sorted(positions)

    def select_at(self, positions: Sequence[int]) -> Sequence[Notification]:
        """Return the events at these positions, in order, without those that are not there."""
        rows = [
            row
            for some in _pieces(sorted(positions))
            for row in self._database.query(
                f"SELECT stream, version, topic, state, position FROM events WHERE position IN ({_marks(some)})"  # noqa: S608
                " ORDER BY position",
                some,
            )
        ]
        ids = {stream: self.id_as_read(stream) for stream in {row[0] for row in rows}}
        return [Notification(ids[row[0]], *row[1:]) for row in rows]

    def as_stored(self, stream: UUID) -> list[EventAsStored]:
        """Return a whole stream in its order, also events that can't be read."""
        rows = self._database.query(
            "SELECT position, version, topic, state, account_id, recorded_at, event_id FROM events"
            " WHERE stream = ? ORDER BY version",
            (self.id_as_stored(stream),),
        )
        return [
            EventAsStored(
                position, stream, version, topic, bytes(state), account, recorded_at, self.id_as_read(id_)
            )
            for position, version, topic, state, account, recorded_at, id_ in rows
        ]

    def remove(self, streams: Sequence[UUID]) -> int:
        """Remove whole streams in one transaction, durably, and return how many events that were."""
        if not streams:
            return 0
        with self._database.transaction() as transaction:
            removed = transaction.execute(
                f"DELETE FROM events WHERE stream IN ({', '.join('?' * len(streams))}) RETURNING position",  # noqa: S608 - question marks only
                [self.id_as_stored(stream) for stream in streams],
            )
        return len(removed)

    def close(self) -> None:
        """Close the database."""
        self._database.close()


def _pieces(some: Sequence[T]) -> Iterator[Sequence[T]]:
    return (some[first : first + PIECE] for first in range(0, len(some), PIECE))


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
