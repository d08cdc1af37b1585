"""One worker process, put together: it takes work out of Redis, and writes what comes of it to the log."""

from collections.abc import Callable
from contextlib import ExitStack
from threading import Event

from events.clock import Clock
from service.listening import watched_on_a_port
from service.observing.health import all_reasons, of_log, of_workers
from service.observing.watched import Watched
from service.parts import parts, worker
from service.roles.queues import brokers
from service.settings import Settings
from service.stores import stores_of_a_role
from workers.crews import Crews

IDLE_WAKE_UP = 2.0
"""Seconds after which threads that have nothing to do ask Redis again, at the latest: the log's bell wakes them
when work may be on its way. With 1.0 three workers would use 0.35 % of a core more."""

PATIENCE = 6.0
"""Seconds that work in hand has to end once the process is told to stop. A shard takes well under one."""


def work(settings: Settings, clock: Clock, stopped: Event, say: Callable[[str], None]) -> None:
    """Be a worker until `stopped` is set; then finish the work in hand, and give back what takes too long.

    `say` tells a person what it is. Raises as `coordinate` does, and KeyBlocklistError if the list of weak keys
    can't be read.
    """
    with ExitStack() as opened:
        stores = opened.enter_context(stores_of_a_role(settings, stopped))
        quick, collecting = brokers(settings, stores.log.appended)
        of = opened.enter_context(parts(settings, clock, stores))
        crews = Crews(
            worker(of),
            quick,
            collecting,
            threads=settings.worker_threads,
            idle_wake_up=IDLE_WAKE_UP,
            longest_stop=2.0,
        )
        crews.start()
        opened.callback(crews.stop, patience=PATIENCE)
        watched = Watched(of.metrics, all_reasons(of_workers(crews), of_log(stores.log)), of.traces)
        port = settings.observing.metrics_port
        url = opened.enter_context(watched_on_a_port(watched, settings.host, port, settings.door))
        say(f"ready at {url}")
        stopped.wait()
