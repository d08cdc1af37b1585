"""How far the log is known to a following that keeps tables of its own, beside these tables."""

import time
from collections.abc import Callable, Container, Sequence

from events.at_hand import EVENT
from events.errors import StoreUnavailable
from events.event import Event
from events.log import Recorded
from events.store.database import Database, Transaction

FOLLOWED = "CREATE TABLE IF NOT EXISTS followed (follower TEXT PRIMARY KEY, position BIGINT NOT NULL)"
"""Belongs to the tables of each following in a database."""

SECONDS_BETWEEN_NOTES = 1.0
"""For this long the tables need not say that events were passed which change nothing in them; who begins again
reads these once more. Most events concern one of several followings; a transaction for each would cost most."""


class Followed:
    """The position of one follower. Several processes may move it; each event is taken once all the same."""

    def __init__(
        self,
        database: Database,
        follower: str,
        *,
        table: str = "followed",
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`table` has the columns of FOLLOWED."""
        self._position = f"SELECT position FROM {table} WHERE follower = ?"  # noqa: S608 - our own name
        self._move_to = (
            f"INSERT INTO {table} (follower, position) VALUES (?, ?) "  # noqa: S608
            "ON CONFLICT (follower) DO UPDATE SET position = excluded.position"
        )
        self._database = database
        self._follower = follower
        self._monotonic = monotonic
        self._noted: int | None = None
        """What the tables have said last, or more; None while they have said nothing."""
        self._passed = 0
        """Up to here nothing is to be done, whether the tables say so or not."""
        self._next_note = 0.0

    def position(self) -> int:
        """How far the log is known, as the tables have it. Any thread may ask."""
        position = _position(self._database.query(self._position, (self._follower,)))
        if self._noted is None:
            self._noted = position
        return position

    def take(
        self,
        recorded: Sequence[Recorded],
        position: int,
        change: Callable[[Transaction, Recorded], None],
        concerning: Container[type[Event]] | None = None,
    ) -> None:
        """Let every event that is not known yet `change` the tables, and note that the log is known so far.

        With `concerning`, events of other types than these change nothing, and pass without touching the tables
        until `note` is called.
        """

        def change_each(rows: Transaction, unknown: Sequence[Recorded]) -> None:
            for each in unknown:
                EVENT.set(each.event)
                change(rows, each)

        self.take_together(recorded, position, change_each, concerning)

    def take_together(
        self,
        recorded: Sequence[Recorded],
        position: int,
        change: Callable[[Transaction, Sequence[Recorded]], None],
        concerning: Container[type[Event]] | None = None,
    ) -> None:
        """Do what `take` does, with all events that are not known yet in one call."""
        if concerning is None or any(type(each.event) in concerning for each in recorded):
            self._move(recorded, position, change)
        self._passed = position
        self.note()

    def note(self) -> None:
        """Have the tables say what was passed, now and then: to be called also when there is nothing to take.

        Raise StoreUnavailable when they have lost what was done last, which the last event of all needs to have
        noticed without another one.
        """
        if self._monotonic() < self._next_note:
            return
        if self._passed > (self._noted or 0):
            self._move((), self._passed, _nothing)
        else:
            self._require_kept(_position(self._database.query(self._position, (self._follower,))))
            self._next_note = self._monotonic() + SECONDS_BETWEEN_NOTES

    def _move(
        self,
        recorded: Sequence[Recorded],
        position: int,
        change: Callable[[Transaction, Sequence[Recorded]], None],
    ) -> None:
        with self._database.transaction() as rows:
            known = _position(rows.execute(self._position, (self._follower,)))
            self._require_kept(known)
            change(rows, [each for each in recorded if each.position > known])
            moved = max(position, known)
            rows.execute(self._move_to, (self._follower, moved))
        self._noted = moved
        self._next_note = self._monotonic() + SECONDS_BETWEEN_NOTES

    def _require_kept(self, known: int) -> None:
        if known < (self._noted or 0):
            self._noted = None
            self._passed = 0
            raise StoreUnavailable(f"What {self._follower} had done last was lost, and is done again.")


def _position(rows: Sequence[tuple[int]]) -> int:
    return sum(position for (position,) in rows)


def _nothing(_: Transaction, __: Sequence[Recorded]) -> None:
    pass
