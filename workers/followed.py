"""How far the log is known to a following that keeps tables of its own, beside these tables."""

from collections.abc import Callable, Sequence

from events.at_hand import EVENT
from events.log import Recorded
from events.store.database import Database, Transaction

FOLLOWED = "CREATE TABLE IF NOT EXISTS followed (follower TEXT PRIMARY KEY, position BIGINT NOT NULL)"
"""Belongs to the tables of each following in a database."""

POSITION = "SELECT position FROM followed WHERE follower = ?"

MOVE = """
    INSERT INTO followed (follower, position) VALUES (?, ?)
    ON CONFLICT (follower) DO UPDATE SET position = excluded.position
"""


class Followed:
    """The position of one follower. Several processes may move it; each event is taken once all the same."""

    def __init__(self, database: Database, follower: str) -> None:
        self._database = database
        self._follower = follower

    def position(self) -> int:
        """How far the log is known."""
        return _position(self._database.query(POSITION, (self._follower,)))

    def take(
        self, recorded: Sequence[Recorded], position: int, change: Callable[[Transaction, Recorded], None]
    ) -> None:
        """Let every event that is not known yet `change` the tables, and note that the log is known so far."""
        with self._database.transaction() as rows:
            known = _position(rows.execute(POSITION, (self._follower,)))
            for each in recorded:
                if each.position > known:
                    EVENT.set(each.event)
                    change(rows, each)
            rows.execute(MOVE, (self._follower, max(position, known)))


def _position(rows: Sequence[tuple[int]]) -> int:
    return sum(position for (position,) in rows)
