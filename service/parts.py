"""The parts that processes are put together from, whatever their role: each role's own file says what it adds."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta

from events.application import Application
from events.archives import Archives
from events.audit_notification import NotificationChannel
from events.check_catalogue import CheckCatalogue
from events.clock import Clock
from events.committer import Committer
from events.follower import Follower
from events.progress import Progress
from projections.read_models import ReadModels
from service.access.credential_book import CredentialBook
from service.as_of.past import Past
from service.chain_parts import chained, proving
from service.linked_account import linked_account
from service.notifying_parts import notifying
from service.observing.at_scrape import FollowerLag, QueueDepths
from service.observing.audit_results import CheckResultMetrics, PendingNotificationMetrics
from service.observing.audits import MeasuredAudits
from service.observing.health import all_reasons, of_chain, of_follower, of_log, of_queue
from service.observing.metrics import Metrics
from service.observing.traces import Traces
from service.observing.tracing import traces_to
from service.observing.watched import Watched
from service.observing.work import WorkObserver
from service.presence_feed import Notes, presence_feed
from service.presence_parts import PresenceParts, presence_parts
from service.refusal_log import RefusalLog
from service.retention_parts import read_model_pruning, retention
from service.services import Services
from service.settings import AWS, Settings
from service.stores import Stores
from service.telling_imports import imports_told
from workers.checks import REGISTRY, catalogue
from workers.clock_driver import ClockDriver
from workers.demand import DEMAND
from workers.dispatcher import Dispatcher
from workers.due_audits import CHANGES, DueAudits
from workers.inventory.certificate_reader import CertificateReader
from workers.inventory.import_teller import ImportTeller
from workers.key_blocklist import load_key_blocklist
from workers.notifying.pending import PendingNotifications
from workers.presence import collection
from workers.queue import Queue
from workers.queue_depths import queue_depths
from workers.retention import kept_audits
from workers.revocation.collecting import RevocationCollector
from workers.revocation.fetching import Fetcher
from workers.revocation.store import RevocationStore
from workers.scheduler import Scheduler
from workers.worker import Worker, collecting_checks


@dataclass(frozen=True)
class Parts:
    """What every role has."""

    settings: Settings
    clock: Clock
    stores: Stores
    application: Application
    archives: Archives
    catalogue: CheckCatalogue
    metrics: Metrics
    traces: Traces | None
    observer: WorkObserver
    presence: PresenceParts


@contextmanager
def parts(settings: Settings, clock: Clock, stores: Stores) -> Iterator[Parts]:
    """Commands on the log of these stores, and a committer that carries them out during the block."""
    with traces_to(settings.observing.otlp_endpoint) as traces:
        metrics = Metrics()
        observer = WorkObserver(metrics, traces)
        committer = Committer(stores.log, observer)
        committer.start()
        checks = catalogue()
        try:
            application = Application(committer, checks, settings.region)
            presence = presence_parts(stores.presence, clock, stores.log.last_position)
            yield Parts(
                settings,
                clock,
                stores,
                application,
                Archives(committer),
                checks,
                metrics,
                traces,
                observer,
                presence,
            )
        finally:
            committer.stop()


def services(
    of: Parts,
    read_models: ReadModels,
    progress: Progress,
    health: Callable[[], list[str]],
    clock_driver: ClockDriver | None = None,
    notes: Notes = dict,
    *,
    credentials: CredentialBook,
) -> Services:
    """What the front end is given."""
    return Services(
        application=of.application,
        read_models=read_models,
        refusals=RefusalLog(of.stores.work),
        past=Past(of.stores.log, read_models, of.clock, timedelta(days=of.settings.retention_days)),
        progress=progress,
        inventory=of.stores.inventory,
        presence=of.presence.intake,
        pending=PendingNotifications(of.stores.work),
        credentials=credentials,
        proving=proving(of.settings, of.stores),
        registry=REGISTRY,
        catalogue=of.catalogue,
        clock=of.clock,
        settings=of.settings,
        watched=Watched(of.metrics, health, of.traces, notes),
        clock_driver=clock_driver,
    )


def worker(of: Parts) -> Worker:
    """What actors work with. Raise KeyBlocklistError if the list of weak keys can't be read."""
    settings, stores = of.settings, of.stores
    fetcher = Fetcher(settings.crl_allow, observe=of.metrics.fetched)
    collector = RevocationCollector(
        CertificateReader(stores.revocation), RevocationStore(stores.revocation), fetcher, of.clock
    )
    return Worker(
        application=of.application,
        log=stores.log,
        inventory=stores.inventory,
        registry=REGISTRY,
        clock=of.clock,
        region=settings.region,
        weak_keys=load_key_blocklist(settings.key_blocklist) if settings.key_blocklist else None,
        collector=collector,
        linked_account=linked_account(settings, stores, of.clock),
        presence=of.presence.audited,
        observer=of.observer,
        shard_size=settings.shard_size,
    )


@dataclass(frozen=True)
class Coordination:
    """What follows the log: one of these is active, whatever the number of processes."""

    read_models: ReadModels
    answering: Follower
    due_audits: DueAudits
    scheduling: Follower
    health: Callable[[], list[str]]
    notes: Notes
    """What is to be seen of it besides."""


@contextmanager
def coordination(
    of: Parts, queue: Queue, *, most_in_flight: int, queue_is_of_this_process: bool
) -> Iterator[Coordination]:
    """Keep the read models up with the log and dispatch work, for as long as the block lasts."""
    log, work, metrics = of.stores.log, of.stores.work, of.metrics
    with ExitStack() as opened:
        end_of_log = log.last_position()
        read_models = ReadModels(
            of.stores.read_models,
            end_of_log=end_of_log,
            pruning=read_model_pruning(of.settings, of.stores, of.clock, metrics),
        )
        answering = _started(Follower(log, read_models, looking_after=()), opened)
        dispatcher = Dispatcher(work, queue, of.application.end_check_run, of.clock, most_in_flight=most_in_flight)
        if queue_is_of_this_process:
            dispatcher.recall_sent(counts_as_attempt=True)
            opened.callback(dispatcher.recall_sent, counts_as_attempt=False)
        measured = MeasuredAudits(dispatcher, metrics, end_of_log)
        dispatching = _started(Follower(log, measured, looking_after=DEMAND), opened)
        deciding = _started(Follower(log, of.presence.collection, looking_after=collection.CHANGES), opened)
        feed = presence_feed(
            of.settings,
            of.presence.store,
            of.presence.collection,
            lambda: deciding.position >= end_of_log,
            of.clock,
        )
        notes = opened.enter_context(feed)
        scheduler = Scheduler(work, of.application.start_scheduled_audit, of.clock)
        scheduling = _started(Follower(log, scheduler, looking_after=CHANGES), opened)
        announcing = opened.enter_context(
            notifying(of.settings, of.stores, of.application, of.clock, metrics, end_of_log)
        )
        chaining, chain_follower = opened.enter_context(chained(of.settings, of.stores, of.clock))
        keeping = retention(of.settings, of.stores, of.archives, of.clock, metrics, chaining.position)
        opened.enter_context(
            imports_told(ImportTeller(of.stores.inventory.untold_imports, of.application.imports, of.clock))
        )
        retaining = _started(Follower(log, keeping, looking_after=kept_audits.CHANGES), opened)
        followings = (read_models, dispatcher, of.presence.collection, scheduler, announcing.notifier, keeping)
        positions = {each.name: each.position for each in followings} | {chaining.name: chaining.position}
        depths = queue_depths(work, collecting_checks(REGISTRY, is_account_linked=of.settings.source == AWS))
        for collector in (
            FollowerLag(log, positions, of.clock),
            QueueDepths(depths),
            CheckResultMetrics(read_models.check_results.of_all),
            PendingNotificationMetrics(announcing.pending.counts, NotificationChannel),
        ):
            metrics.registry.register(collector)
            opened.callback(metrics.registry.unregister, collector)
        yield Coordination(
            read_models,
            answering,
            scheduler.due_audits,
            scheduling,
            all_reasons(
                of_follower(answering, "The read models", end_of_log),
                of_follower(dispatching, "The work tables", end_of_log),
                of_follower(deciding, "The collection of connections", end_of_log),
                of_follower(scheduling, "The schedules", end_of_log),
                of_follower(retaining, "Retention", end_of_log),
                of_follower(announcing.follower, "The notifications", end_of_log),
                of_chain(chain_follower),
                of_queue(dispatcher),
                of_log(log),
            ),
            notes,
        )


def _started(follower: Follower, opened: ExitStack) -> Follower:
    follower.start()
    opened.callback(follower.stop)
    return follower
