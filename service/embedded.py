"""The embedded service, put together: one process, one data directory, no other server.

This is the one place that knows how the parts fit. They are opened in the order in which they stand here, and
closed in the opposite one.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from events.application import Application
from events.clock import Clock
from events.committer import Committer
from events.follower import Follower
from events.store.database import Database
from projections.read_models import ReadModels
from service.data_directory import held_by_this_process, make_data_directory
from service.observing.at_scrape import FollowerLag, QueueDepths
from service.observing.audits import MeasuredAudits
from service.observing.health import all_reasons, of_follower, of_log, of_workers
from service.observing.metrics import Metrics
from service.observing.watched import Watched
from service.observing.work import WorkObserver
from service.services import Services
from service.settings import Settings
from service.stores import Stores, sqlite_stores
from workers.checks import REGISTRY, catalogue
from workers.dispatcher import Dispatcher
from workers.embedded import EmbeddedWorkers
from workers.inventory.certificate_reader import CertificateReader
from workers.key_blocklist import load_key_blocklist
from workers.queue_depths import queue_depths
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
        metrics = Metrics()
        observer = WorkObserver(metrics)
        committer = Committer(log, observer)
        committer.start()
        opened.callback(committer.stop)
        checks = catalogue()
        application = Application(committer, checks, settings.region)

        end_of_log = log.last_position()
        read_models = ReadModels(stores.read_models, end_of_log=end_of_log)
        answering = _started(Follower(log, read_models), opened)

        collector = _collector(settings, stores.revocation, clock, metrics)
        worker = _worker(settings, application, stores, collector, clock, observer)
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
        dispatching = _started(Follower(log, MeasuredAudits(dispatcher, metrics, end_of_log)), opened)
        positions = {each.name: each.position for each in (read_models, dispatcher)}
        metrics.registry.register(FollowerLag(log, positions, clock))
        metrics.registry.register(QueueDepths(queue_depths(stores.work, worker.collecting_checks)))
        health = all_reasons(
            of_follower(answering, "The read models", end_of_log),
            of_follower(dispatching, "The work tables", end_of_log),
            of_workers(workers),
            of_log(log),
        )

        yield Services(
            application=application,
            read_models=read_models,
            progress=answering.progress,
            inventory=inventory,
            registry=REGISTRY,
            catalogue=checks,
            clock=clock,
            settings=settings,
            watched=Watched(metrics, health),
        )


def _worker(
    settings: Settings,
    application: Application,
    stores: Stores,
    collector: RevocationCollector,
    clock: Clock,
    observer: WorkObserver,
) -> Worker:
    return Worker(
        application=application,
        log=stores.log,
        inventory=stores.inventory,
        registry=REGISTRY,
        clock=clock,
        region=settings.region,
        weak_keys=load_key_blocklist(settings.key_blocklist) if settings.key_blocklist else None,
        collector=collector,
        observer=observer,
        shard_size=settings.shard_size,
    )


def _collector(settings: Settings, database: Database, clock: Clock, metrics: Metrics) -> RevocationCollector:
    """What fetches revocation lists, and keeps them in the inventory's database."""
    fetcher = Fetcher(settings.crl_allow, observe=metrics.fetched)
    return RevocationCollector(CertificateReader(database), RevocationStore(database), fetcher, clock)


def _started(follower: Follower, opened: ExitStack) -> Follower:
    follower.start()
    opened.callback(follower.stop)
    return follower
