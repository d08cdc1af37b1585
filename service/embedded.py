"""The embedded service, put together: one process, one data directory, no other server.

This is the one place that knows how the parts fit. They are opened in the order in which they stand here, and
closed in the opposite one.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from events.application import Application
from events.clock import Clock
from events.committer import Committer
from events.errors import StoreUnavailable
from events.follower import Follower
from events.log import EventLog
from events.store.database import Database
from projections.read_models import ReadModels
from service.data_directory import held_by_this_process, make_data_directory
from service.services import Services
from service.settings import Settings
from service.stores import sqlite_stores
from workers.checks import REGISTRY, catalogue
from workers.dispatcher import Dispatcher
from workers.embedded import EmbeddedWorkers
from workers.inventory.certificate_reader import CertificateReader
from workers.inventory.store import Inventory
from workers.key_blocklist import load_key_blocklist
from workers.revocation.collecting import RevocationCollector
from workers.revocation.fetching import Fetcher
from workers.revocation.store import RevocationStore
from workers.worker import Worker


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
        log, inventory = stores.log, stores.inventory
        committer = Committer(log)
        committer.start()
        opened.callback(committer.stop)
        checks = catalogue()
        application = Application(committer, checks, settings.region)

        end_of_log = log.last_position()
        read_models = ReadModels(stores.read_models, end_of_log=end_of_log)
        answering = _started(Follower(log, read_models), opened)

        collector = _collector(settings, stores.revocation, clock)
        worker = _worker(settings, application, log, inventory, collector, clock)
        workers = EmbeddedWorkers(worker, threads=settings.worker_threads)
        dispatcher = Dispatcher(
            stores.work,
            workers.queue,
            application.end_check_run,
            clock,
            most_in_flight=workers.most_in_flight,
        )
        dispatcher.recall_sent(counts_as_attempt=True)
        opened.callback(dispatcher.recall_sent, counts_as_attempt=False)
        workers.start()
        opened.callback(workers.stop)
        dispatching = _started(Follower(log, dispatcher), opened)

        yield Services(
            application=application,
            read_models=read_models,
            progress=answering.progress,
            inventory=inventory,
            registry=REGISTRY,
            catalogue=checks,
            clock=clock,
            settings=settings,
            health=_health(
                log, end_of_log, workers, {"The read models": answering, "The work tables": dispatching}
            ),
        )


def _worker(
    settings: Settings,
    application: Application,
    log: EventLog,
    inventory: Inventory,
    collector: RevocationCollector,
    clock: Clock,
) -> Worker:
    return Worker(
        application=application,
        log=log,
        inventory=inventory,
        registry=REGISTRY,
        clock=clock,
        region=settings.region,
        weak_keys=load_key_blocklist(settings.key_blocklist) if settings.key_blocklist else None,
        collector=collector,
        shard_size=settings.shard_size,
    )


def _collector(settings: Settings, database: Database, clock: Clock) -> RevocationCollector:
    """What fetches revocation lists, and keeps them in the inventory's database."""
    return RevocationCollector(
        CertificateReader(database), RevocationStore(database), Fetcher(settings.crl_allow), clock
    )


def _started(follower: Follower, opened: ExitStack) -> Follower:
    follower.start()
    opened.callback(follower.stop)
    return follower


def _health(
    log: EventLog, end_of_log: int, workers: EmbeddedWorkers, followers: dict[str, Follower]
) -> Callable[[], list[str]]:
    """Return the question of why the process can't do its work, which has no answer while it can."""

    def reasons() -> list[str]:
        found = [f"{name} stopped following the log." for name, each in followers.items() if each.failure]
        found += [
            f"{name} are still catching up with the log as it was at the start."
            for name, each in followers.items()
            if each.position < end_of_log
        ]
        if not workers.is_alive():
            found.append("A worker thread has died.")
        try:
            log.last_position()
        except StoreUnavailable:
            found.append("The log can't be read.")
        return found

    return reasons
