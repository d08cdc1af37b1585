"""A coordinator, put together: one of several is active, and keeps read models, dispatches and schedules."""

import logging
from collections.abc import Callable
from contextlib import closing
from threading import Event

from events.clock import Clock
from events.errors import StoreUnavailable
from service.listening import watched_on_a_port
from service.observing.health import of_log
from service.observing.watched import Watched
from service.parts import Coordination, Parts, coordination, parts
from service.roles.leadership import SECONDS_BETWEEN_LOOKS, Lock, lock_of
from service.roles.queues import sending_queue
from service.settings import Settings
from service.stores import stores_of_a_role
from workers.queue import Queue

logger = logging.getLogger(__name__)


def coordinate(settings: Settings, clock: Clock, stopped: Event, say: Callable[[str], None]) -> None:
    """Be a coordinator until `stopped` is set: the active one while nobody else is.

    `say` tells a person what it is. Raise SettingError when no Redis is set, DataDirectoryError or
    StoreUnavailable if the stores can't be opened, OSError if the port for metrics can't be listened on.
    """
    with (
        sending_queue(settings) as queue,
        stores_of_a_role(settings, stopped) as stores,
        parts(settings, clock, stores) as of,
    ):
        coordinator = Coordinator(of, queue, lock_of(settings), stopped, say)
        watched = Watched(of.metrics, coordinator.health, of.traces, coordinator.notes)
        with watched_on_a_port(watched, settings.host, settings.observing.metrics_port, settings.door) as url:
            say(f"ready at {url}")
            coordinator.run()


class Coordinator:
    """Waits for the lock; is active while it holds it; waits again when it was lost."""

    def __init__(self, of: Parts, queue: Queue, lock: Lock, stopped: Event, say: Callable[[str], None]) -> None:
        self._of = of
        self._queue = queue
        self._lock = lock
        self._stopped = stopped
        self._say = say
        self._standing_by = of_log(of.stores.log)
        self.health = self._reasons
        """Why it can't do its work; one that stands by has little to do."""
        self.notes = self._noted
        """What is to be seen of it besides, while it is active."""
        self._active: Coordination | None = None

    def run(self) -> None:
        """Until it is stopped."""
        with closing(_Releasing(self._lock)):
            self._say("standing by")
            while not self._stopped.is_set():
                if self._lock.is_held():
                    self._be_active()
                self._stopped.wait(SECONDS_BETWEEN_LOOKS)

    def _be_active(self) -> None:
        try:
            with coordination(
                self._of,
                self._queue,
                most_in_flight=self._of.settings.messages_out,
                queue_is_of_this_process=False,
            ) as active:
                self._active = active
                self._say("active")
                while not self._stopped.wait(SECONDS_BETWEEN_LOOKS):
                    if not self._lock.is_held():
                        logger.warning("This coordinator has lost its lock, and stands by.")
                        break
        except StoreUnavailable as error:
            logger.warning("This coordinator can't be active yet: %s", error)
        finally:
            self._active = None
            self._lock.release()
        self._say("standing by")

    def _reasons(self) -> list[str]:
        active = self._active
        return active.health() if active else self._standing_by()

    def _noted(self) -> dict[str, object]:
        active = self._active
        return active.notes() if active else {}


class _Releasing:
    def __init__(self, lock: Lock) -> None:
        self.close = lock.release
