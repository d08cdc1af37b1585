"""The library's subscription: an iterator over the log that waits for more at its end."""

from collections import deque
from collections.abc import Sequence

from eventsourcing.persistence import ApplicationRecorder, Notification, Subscription

from events.bell import Bell

BATCH = 500
PATIENCE = 0.5
"""Seconds after which the log is looked into without a ring, since other processes ring other bells."""


class BellSubscription(Subscription[ApplicationRecorder]):
    """Yields notifications until it is stopped, also from another thread. Our own followers don't need it."""

    def __init__(
        self, recorder: ApplicationRecorder, bell: Bell, gt: int | None = None, topics: Sequence[str] = ()
    ) -> None:
        super().__init__(recorder, gt, topics)
        self._bell = bell
        self._waiting: deque[Notification] = deque()

    def stop(self) -> None:
        """End the iteration."""
        super().stop()
        self._bell.ring()

    def __next__(self) -> Notification:
        """Return the next notification, waiting for it if need be."""
        while not self._has_been_stopped:
            if self._waiting:
                return self._waiting.popleft()
            seen = self._bell.rings
            self._waiting.extend(self._read())
            if not self._waiting:
                self._bell.wait(seen, PATIENCE)
        raise StopIteration

    def _read(self) -> Sequence[Notification]:
        found = self._recorder.select_notifications(
            self._last_notification_id, BATCH, topics=self._topics, inclusive_of_start=False
        )
        if found:
            self._last_notification_id = found[-1].id
        return found
