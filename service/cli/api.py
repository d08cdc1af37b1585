"""`fleet-audit api`: the Audit API alone."""

import asyncio
import sys

import click

from events.clock import SystemClock
from service.cli.environment import settings
from service.cli.role import require_the_computers_clock
from service.cli.serving import serve_until_stopped
from service.cli.standing_memory import spare_what_is_loaded
from service.cli.starting import start_explained
from service.observing.log_lines import log_to
from service.roles.api import api as api_process


@click.command()
@click.option("--host", metavar="ADDRESS", help="Listen on this address.  [FLEET_AUDIT_HOST, 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65_535), metavar="NUMBER", help="[FLEET_AUDIT_PORT, 8080]")
@click.option(
    "--insecure",
    is_flag=True,
    default=None,
    help="Let everybody in who can reach it, signed or not.  [FLEET_AUDIT_INSECURE, false]",
)
def api(host: str | None, port: int | None, insecure: bool | None) -> None:
    """Serve the Audit API from one of several processes, behind a proxy.

    Commands go to the log in FLEET_AUDIT_DATABASE_URL; a coordinator keeps what answers are made from. An API
    needs no Redis. Told to stop, it finishes the requests that it has.

    \b
    Example:
      FLEET_AUDIT_DATABASE_URL=postgresql://fleet_audit:secret@database/fleet_audit fleet-audit api --port 8081

    On an address that is no loopback address it does not start before `fleet-audit credentials create`, with the
    same FLEET_AUDIT_CREDENTIALS_KEY, has made somebody known, unless told --insecure.

    The other settings are those of `fleet-audit serve`.
    """
    chosen = settings(host=host, port=port, insecure=insecure)
    require_the_computers_clock(chosen)
    log_to(sys.stderr, chosen.observing)
    with start_explained(chosen), api_process(chosen, SystemClock()) as services:
        spare_what_is_loaded()
        asyncio.run(serve_until_stopped(services))
