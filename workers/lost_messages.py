"""Finds messages that the queue does not hold any more, though nobody has reported what came of them.

They were lost with the queue, or their worker failed. In Dramatiq's queues a message stays until its work has
ended, and that is after what came of it was recorded. So what is gone at one look, and still not reported when the
log has been read to its end after that look, is lost: without waiting for a lease, and however long the queue is.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from events.store.database import Database
from workers.outbox import Outbox, sent_messages
from workers.queue import Queue

if TYPE_CHECKING:
    from workers.messages import Sending

SECONDS_BETWEEN_LOOKS = 1.0


class LostMessages:
    """Between `look` and the next `recall`, the dispatcher reads the log to its end."""

    def __init__(self, database: Database, queue: Queue, monotonic: Callable[[], float]) -> None:
        self._database = database
        self._queue = queue
        self._monotonic = monotonic
        self._next_look = monotonic()
        self._life: str | None = None
        self._gone: Sequence[Sending] = ()
        self._counts_as_attempt = True

    def recall(self, outbox: Outbox) -> None:
        """Recall what was gone at the last look, and has not been reported since.

        It counts as an attempt at the work, unless the queue has lost everything: that says nothing of the work.
        """
        for sending in self._gone:
            outbox.recall(sending, counts_as_attempt=self._counts_as_attempt)
        self._gone = ()

    def look(self) -> None:
        """Compare what was sent with what the queue holds, if it is time. Raise QueueUnavailable."""
        if self._monotonic() < self._next_look:
            return
        sent = sent_messages(self._database)
        if sent:
            held = self._queue.held()
            self._gone = [sending for sending in sent if sending.message_id not in held.message_ids]
            self._counts_as_attempt = held.life == self._life
            self._life = held.life
        self._next_look = self._monotonic() + SECONDS_BETWEEN_LOOKS
