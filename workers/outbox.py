"""Which pieces of work are to be sent now.

A message may be lost with the queue, so what was sent and not reported for a lease is sent again: first
sending and sending again are the same thing here.
"""

from events.store.database import Database, Transaction
from workers.messages import Sending
from workers.work_item import WorkItem

MOST_ATTEMPTS = 5
"""What was sent so often and never reported, such as a shard on which a process dies, ends its check."""


class Outbox:
    """Reads and changes `work_items` (`workers/work_table.py`) inside a transaction.

    Times are epoch milliseconds of the computer's clock. If that was set back, what is marked as sent in the
    future counts as not sent, or it would wait until then.
    """

    def __init__(self, rows: Transaction, now: int, lease: int) -> None:
        self._rows = rows
        self._now = now
        self._leased_since = now - lease

    def in_flight(self) -> int:
        """How many pieces of work are with the workers."""
        return int(
            self._rows.execute(
                "SELECT count(*) FROM work_items WHERE sent_at > ? AND sent_at <= ?",
                (self._leased_since, self._now),
            )[0][0]
        )

    def due(self, most: int) -> list[tuple[WorkItem, int]]:
        """At most so many that are not with the workers, each with how often it was sent.

        In turns: plannings first, then the first shard of every check, then the second of each, and among
        these the oldest. So a small audit does not wait for a large one to end.
        """
        found = self._rows.execute(
            """SELECT account, task_id, check_name, shard, attempts FROM work_items
               WHERE sent_at IS NULL OR sent_at <= ? OR sent_at > ? ORDER BY shard, wanted_since LIMIT ?""",
            (self._leased_since, self._now, max(most, 0)),
        )
        return [(WorkItem(*item), attempts) for *item, attempts in found]

    def mark_sent(self, item: WorkItem) -> Sending:
        """Note that a message for it goes out, and return which."""
        [(attempt,)] = self._rows.execute(
            """UPDATE work_items SET sent_at = ?, attempts = attempts + 1
               WHERE account = ? AND task_id = ? AND check_name = ? AND shard = ? RETURNING attempts""",
            (self._now, *item),
        )
        return Sending(item, attempt)

    def recall(self, sending: Sending, *, counts_as_attempt: bool) -> None:
        """Note that a message is gone and another is due, if it was not reported or sent again meanwhile."""
        self._rows.execute(
            """UPDATE work_items SET sent_at = NULL, attempts = attempts - ?
               WHERE account = ? AND task_id = ? AND check_name = ? AND shard = ?
                 AND attempts = ? AND sent_at IS NOT NULL""",
            (0 if counts_as_attempt else 1, *sending.item, sending.attempt),
        )


SENT = "SELECT account, task_id, check_name, shard, attempts FROM work_items WHERE sent_at IS NOT NULL"


def sent_messages(database: Database) -> list[Sending]:
    """The messages that are out."""
    return [Sending(WorkItem(*item), attempts) for *item, attempts in database.query(SENT)]
