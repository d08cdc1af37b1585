"""The embedded service, put together: one process, one data directory, no other server.

The parts are opened in the order in which they stand here, and closed in the opposite one.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from events.clock import Clock
from service.data_directory import held_by_this_process, make_data_directory
from service.observing.health import all_reasons, of_workers
from service.parts import coordination, parts, services, worker
from service.services import Services
from service.settings import Settings
from service.stores import sqlite_stores
from workers.embedded import EmbeddedWorkers


@contextmanager
def embedded(settings: Settings, clock: Clock) -> Iterator[Services]:
    """Run the whole service, but for its HTTP server, for as long as the block lasts.

    Raise DataDirectoryError if the data directory can't be used or is in use, StoreUnavailable if a file in it
    can't be opened, KeyBlocklistError if the list of weak keys can't be read.
    """
    with ExitStack() as opened:
        directory = make_data_directory(settings.data_directory)
        opened.enter_context(held_by_this_process(directory))
        stores = opened.enter_context(sqlite_stores(directory))
        of = opened.enter_context(parts(settings, clock, stores))
        workers = EmbeddedWorkers(worker(of), threads=settings.worker_threads)
        workers.start()
        opened.callback(workers.stop)
        active = opened.enter_context(
            coordination(of, workers.queue, most_in_flight=workers.most_in_flight, queue_is_of_this_process=True)
        )
        health = all_reasons(active.health, of_workers(workers))
        yield services(of, active.read_models, active.answering.progress, health)
