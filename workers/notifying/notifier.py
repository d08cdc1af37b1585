"""The notifier: follows the log, knows which notifications are to be sent, and wakes those who send them."""

from collections.abc import Callable, Sequence

from events.log import Recorded
from events.store.database import Database, Transaction
from workers.followed import Followed
from workers.notifying.pending import CHANGES, NOTIFICATION_TABLES, NotificationRows


class Notifier:
    """What a follower drives. It sends nothing itself: a receiver may be slow."""

    name = "notifier"

    def __init__(self, database: Database, wake_senders: Callable[[], None]) -> None:
        """Raise SchemaMissing when the tables are not there and are not for this process to make."""
        database.prepare(NOTIFICATION_TABLES)
        self._followed = Followed(database, self.name)
        self._wake_senders = wake_senders

    def position(self) -> int:
        """How far the log is known."""
        return self._followed.position()

    def take(self, recorded: Sequence[Recorded], position: int) -> None:
        """Note what is to be sent now, and what no more."""
        self._followed.take(recorded, position, _change, CHANGES)

    def idle(self) -> None:
        """The log is known to its end: what is due now is wanted still."""
        self._followed.note()
        self._wake_senders()


def _change(rows: Transaction, recorded: Recorded) -> None:
    change = CHANGES.get(type(recorded.event))
    if change is not None:
        change(NotificationRows(rows), recorded.event)
