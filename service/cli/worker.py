"""`fleet-audit worker`: processes that do the audits."""

import sys
from dataclasses import dataclass, replace
from threading import Event

import click

from events.clock import SystemClock
from service.cli.environment import settings
from service.cli.role import role, role_explained, saying
from service.observing.log_lines import log_to
from service.roles.queues import brokers
from service.roles.supervisor import supervise
from service.roles.worker import work
from service.settings import Settings


@click.command()
@click.option("--processes", type=click.IntRange(1, 256), default=1, help="About one for each processor.  [1]")
@click.option("--threads", type=click.IntRange(1, 64), help="Of each process.  [FLEET_AUDIT_WORKER_THREADS, 2]")
def worker(processes: int, threads: int | None) -> None:
    """Do audits: collect, judge, and note what was found.

    Any number of these run on any number of hosts. One that dies costs seconds: what it had begun is done again by
    another. Told to stop, it finishes the work in hand, for at most ten seconds.

    \b
    Example:
      fleet-audit worker --processes 4 --threads 2

    The settings are those of `fleet-audit coordinator`. Each process answers /metrics on a port of its own: the
    first on FLEET_AUDIT_METRICS_PORT, the others on those after it.
    """
    chosen = settings(worker_threads=threads)
    log_to(sys.stderr, chosen.observing)
    with role(chosen) as stopped:
        brokers(chosen)  # so that what is wrong with the settings is said once, and not by each process
        if processes == 1:
            work(chosen, SystemClock(), stopped, saying("worker"))
        elif not supervise(processes, WorkerProcess(chosen), stopped):
            raise click.ClickException("Some worker processes did not stop in time.")


@dataclass(frozen=True)
class WorkerProcess:
    """What each of several processes runs."""

    settings: Settings

    def __call__(self, number: int, stopped: Event) -> None:
        """Be worker process `number`."""
        observing = self.settings.observing
        port = observing.metrics_port and observing.metrics_port + number
        chosen = replace(self.settings, observing=replace(observing, metrics_port=port))
        log_to(sys.stderr, observing)
        try:
            with role_explained(chosen):
                work(chosen, SystemClock(), stopped, saying(f"worker {number}"))
        except click.ClickException as error:
            error.show()
            sys.exit(error.exit_code)
