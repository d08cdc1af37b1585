"""The embedded service, put together: one process, one data directory or PostgreSQL database.

The parts are opened in the order in which they stand here, and closed in the opposite one.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from events.clock import Clock, from_epoch_milliseconds
from events.log import EventLog
from events.manual_clock import ManualClock
from service.access_parts import credential_book
from service.observing.health import all_reasons, of_workers
from service.parts import Coordination, Parts, coordination, parts, services, worker
from service.services import Services
from service.settings import MANUAL, Settings
from service.stores import stores_of_sole_process
from workers.clock_driver import ClockDriver
from workers.embedded import EmbeddedWorkers


@contextmanager
def embedded(settings: Settings, clock: Clock) -> Iterator[Services]:
    """Run the whole service, but for its HTTP server, for as long as the block lasts.

    Raise DataDirectoryError if the data directory can't be used or is in use, StoreUnavailable if a file in it or
    the database can't be opened, KeyBlocklistError if the list of weak keys can't be read.
    """
    with ExitStack() as opened:
        stores = opened.enter_context(stores_of_sole_process(settings))
        manual = manual_clock(stores.log, clock) if settings.clock == MANUAL else None
        of = opened.enter_context(parts(settings, manual or clock, stores))
        workers = EmbeddedWorkers(worker(of), threads=settings.worker_threads)
        workers.start()
        opened.callback(workers.stop)
        active = opened.enter_context(
            coordination(of, workers.queue, most_in_flight=workers.most_in_flight, queue_is_of_this_process=True)
        )
        health = all_reasons(active.health, of_workers(workers))
        driver = None if manual is None else clock_driver(of, active, manual)
        credentials = opened.enter_context(credential_book(settings, stores.log, clock))
        progress = active.answering.progress
        yield services(of, active.read_models, progress, health, driver, active.notes, credentials=credentials)


def manual_clock(log: EventLog, clock: Clock) -> ManualClock:
    """A clock that stands at the present; or where it stood when the last event happened, if that is later."""
    recorded = log.recorded_after(log.last_position() - 1)
    now = clock.now()
    return ManualClock(now if recorded is None else max(now, from_epoch_milliseconds(recorded)))


def clock_driver(of: Parts, active: Coordination, clock: ManualClock) -> ClockDriver:
    """What moves the clock, and waits until what became due can be asked for."""
    followers = (active.scheduling, active.answering)
    return ClockDriver(clock, of.application, of.stores.log, active.due_audits, followers)
