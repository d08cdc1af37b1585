"""`fleet-audit coordinator`: keeps the read models, dispatches work, starts what is due."""

import sys

import click

from events.clock import SystemClock
from service.cli.environment import settings
from service.cli.role import role, saying
from service.observing.log_lines import log_to
from service.roles.coordinator import coordinate


@click.command()
def coordinator() -> None:
    """Coordinate API processes and workers: keep the read models, and send workers what is to be done.

    Start two, on different hosts: one is active, and another takes over within ten seconds.

    \b
    Example:
      export FLEET_AUDIT_DATABASE_URL=postgresql://fleet_audit:secret@database/fleet_audit
      export FLEET_AUDIT_REDIS_URL=redis://:secret@redis/0
      fleet-audit coordinator

    \b
    Settings, besides those of `fleet-audit serve`:
      FLEET_AUDIT_DATABASE_URL   PostgreSQL. Without it, the files of a data directory, for one host
      FLEET_AUDIT_REDIS_URL      Redis, which carries work to workers; both can be kept in a file that
                                 FLEET_AUDIT_DATABASE_URL_FILE and FLEET_AUDIT_REDIS_URL_FILE name
      FLEET_AUDIT_MESSAGES_OUT   pieces of work given to workers at once   (64)
      FLEET_AUDIT_METRICS_PORT   /metrics and /health; 0 takes a free port (9464)
    """
    chosen = settings()
    log_to(sys.stderr, chosen.observing)
    with role(chosen) as stopped:
        coordinate(chosen, SystemClock(), stopped, saying("coordinator"))
