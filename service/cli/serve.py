"""`fleet-audit serve`: the embedded service."""

import asyncio
import errno
import ipaddress
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from events.clock import SystemClock
from service.cli.environment import settings
from service.cli.screen import standard_error, standard_output
from service.cli.starting import start_explained
from service.embedded import embedded
from service.listening import listening
from service.observing.log_lines import log_to
from service.services import Services
from service.settings import Settings


@click.command()
@click.option("--host", metavar="ADDRESS", help="Listen on this address.  [FLEET_AUDIT_HOST, 127.0.0.1]")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    metavar="NUMBER",
    help="Listen on this port; 0 takes a free one.  [FLEET_AUDIT_PORT, 8080]",
)
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path),
    metavar="DIRECTORY",
    help="Keep everything in this directory.  [FLEET_AUDIT_DATA_DIR, ./fleet-audit-data]",
)
def serve(host: str | None, port: int | None, data_dir: Path | None) -> None:
    """Serve the Audit API of AWS IoT Device Defender.

    Everything is in this one process and its data directory: the API, the workers that audit, and their stores.
    Started again, it goes on where it stopped, audits in progress included. Ctrl-C or SIGTERM stops it.

    \b
    Examples:
      fleet-audit serve
      fleet-audit serve --port 9000 --data-dir /var/lib/fleet-audit
      FLEET_AUDIT_ACCOUNT=123456789012 FLEET_AUDIT_REGION=eu-west-1 fleet-audit serve

    Then point any AWS SDK or the aws CLI at it with an endpoint URL. It has no authentication of its own and
    trusts everyone who can reach it: keep it on a loopback address, or behind something that knows who may.

    \b
    More settings:
      FLEET_AUDIT_ACCOUNT            the account it answers for            (000000000000)
      FLEET_AUDIT_REGION             the region in its ARNs                (us-east-1)
      FLEET_AUDIT_KEY_BLOCKLIST      a list of Debian's weak keys          (none)
      FLEET_AUDIT_CRL_ALLOW          hosts and networks, comma-separated,  (none)
                                     that may be asked for revocation lists
                                     though they are not public
      FLEET_AUDIT_RETENTION_DAYS     how far back audits can be listed     (180)
      FLEET_AUDIT_THROTTLING_STATUS  429 as documented, 400 as AWS today   (429)
      FLEET_AUDIT_WORKER_THREADS     threads that judge                    (2)
      FLEET_AUDIT_SHARD_SIZE         resources that are judged in one go   (10000)
      FLEET_AUDIT_LOG_FORMAT         text, or json: one object a line      (text)
      FLEET_AUDIT_LOG_LEVEL          debug, info (every request), warning, (warning)
                                     or error
      FLEET_AUDIT_OTLP_ENDPOINT      a collector of OpenTelemetry traces,  (none)
                                     such as http://127.0.0.1:4318

    /metrics is for Prometheus, /health/live and /health/ready for what watches over the process.
    """
    chosen = settings(host=host, port=port, data_directory=data_dir)
    log_to(sys.stderr, chosen.observing)
    with start_explained(chosen), embedded(chosen, SystemClock()) as services:
        asyncio.run(_serve(services))


async def _serve(services: Services) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    with _port_explained(services.settings):
        async with listening(services) as url:
            _welcome(url, services.settings, standard_output())
            await stopped.wait()
    standard_error().print("Stopped.")


@contextmanager
def _port_explained(chosen: Settings) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = f"{chosen.host} port {chosen.port}"
        if error.errno == errno.EADDRINUSE:
            advice = "it is taken by another process. --port 0 takes a free one"
        else:
            advice = error.strerror or str(error)
        raise click.ClickException(f"Can't listen on {where}: {advice}.") from error


def _welcome(url: str, chosen: Settings, console: Console) -> None:
    console.print(
        f"[bold]Fleet Audit is ready at {url}[/]  (Ctrl-C stops it)\n"
        f"  data     {escape(str(chosen.data_directory.resolve()))}\n"
        f"  account  {chosen.account}\n"
        f"  region   {chosen.region}\n\n"
        "Point AWS tools at it; any credentials do, but they want some:\n"
        f"  export AWS_ENDPOINT_URL_IOT={url} AWS_DEFAULT_REGION={chosen.region}\n"
        "  export AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any\n"
        "  aws iot describe-account-audit-configuration\n"
        '  boto3.client("iot").describe_account_audit_configuration()\n\n'
        "Give it something to audit:\n"
        f"  fleet-audit import FILES-OR-DIRECTORIES --endpoint-url {url}",
        soft_wrap=True,
    )
    if not _is_loopback(chosen.host):
        standard_error().print(
            f"Everyone who can reach {escape(chosen.host)} can read and change everything here: "
            "there is no authentication.",
            style="yellow",
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
