"""`fleet-audit serve`: the embedded service."""

import asyncio
import sys
from pathlib import Path

import click

from events.clock import SystemClock
from service.access.loopback import is_loopback
from service.cli.environment import settings
from service.cli.serving import serve_until_stopped
from service.cli.standing_memory import spare_what_is_loaded
from service.cli.starting import start_explained
from service.embedded import embedded
from service.observing.log_lines import log_to
from service.settings import MANUAL, Settings


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
@click.option(
    "--insecure",
    is_flag=True,
    default=None,
    help="Let everybody in who can reach it, signed or not.  [FLEET_AUDIT_INSECURE, false]",
)
def serve(host: str | None, port: int | None, data_dir: Path | None, insecure: bool | None) -> None:
    """Serve the Audit API of AWS IoT Device Defender.

    Everything is in this one process and its data directory: the API, the workers that audit, and their stores.
    Started again, it goes on where it stopped, audits in progress included. Ctrl-C or SIGTERM stops it.

    \b
    Examples:
      fleet-audit serve
      fleet-audit serve --port 9000 --data-dir /var/lib/fleet-audit
      FLEET_AUDIT_ACCOUNT=123456789012 FLEET_AUDIT_REGION=eu-west-1 fleet-audit serve

    Then point any AWS SDK or the aws CLI at it with an endpoint URL. On a loopback address it is open, until the
    first `fleet-audit credentials create`; on any other it does not start without credentials, unless told
    --insecure.

    \b
    More settings:
      FLEET_AUDIT_DATABASE_URL       a PostgreSQL database instead of      (none)
                                     files; `fleet-audit migrate` first
      FLEET_AUDIT_ACCOUNT            the account it answers for            (000000000000)
      FLEET_AUDIT_REGION             the region in its ARNs                (us-east-1)
      FLEET_AUDIT_CREDENTIALS_KEY    what secrets of credentials are       (a file in the data directory)
                                     sealed under; ..._FILE: in a file
      FLEET_AUDIT_CHECKPOINT_KEY     what signs checkpoints of the log;    (a file in the data directory)
                                     ..._FILE: in a file
      FLEET_AUDIT_CHECKPOINT_ORIGIN  the name of the log in them           (fleet-audit/ACCOUNT)
      FLEET_AUDIT_SOURCE             import, or aws: an audit reads the    (import)
                                     account with boto3 first, whose own
                                     AWS_... variables apply
      FLEET_AUDIT_ASSUME_ROLE        whether it does so, and publishes to  (true)
                                     SNS, by the role that is configured
      FLEET_AUDIT_KEY_BLOCKLIST      a list of Debian's weak keys          (none)
      FLEET_AUDIT_CRL_ALLOW          hosts and networks, comma-separated,  (none)
                                     that may be asked for revocation lists
                                     though they are not public
      FLEET_AUDIT_RETENTION_DAYS     how long audits and findings are kept (180)
      FLEET_AUDIT_ARCHIVE_DIR        where the events of older audits go;  (none)
                                     without it they stay in the log
      FLEET_AUDIT_ALLOWED_HOSTS      host names by which it may be asked   (of loopback; else any)
                                     for, comma-separated
      FLEET_AUDIT_THROTTLING         generous, aws (5, 10, 25 a second),   (generous)
                                     off, or requests a second
      FLEET_AUDIT_THROTTLING_STATUS  429 as documented, 400 as AWS today   (429)
      FLEET_AUDIT_MAX_CONNECTIONS    connections in all                    (512)
      FLEET_AUDIT_MAX_CONNECTIONS_PER_PEER   of one address                (256)
      FLEET_AUDIT_IDLE_TIMEOUT       seconds that a silent one is kept     (60)
      FLEET_AUDIT_CLOCK              system, or manual: stands still until (system)
                                     `fleet-audit clock` moves it
      FLEET_AUDIT_WORKER_THREADS     threads that judge                    (2)
      FLEET_AUDIT_SHARD_SIZE         resources that are judged in one go   (25000)
      FLEET_AUDIT_LOG_FORMAT         text, or json: one object a line      (text)
      FLEET_AUDIT_LOG_LEVEL          debug, info (every request), warning, (warning)
                                     or error
      FLEET_AUDIT_OTLP_ENDPOINT      a collector of OpenTelemetry traces,  (none)
                                     such as http://127.0.0.1:4318

    \b
    What is told of audits' ends besides the account's SNS target, signed:
      FLEET_AUDIT_WEBHOOK_URL            where to post                     (none)
      FLEET_AUDIT_WEBHOOK_SECRET_FILE    a file with the signing secret    (none)
      FLEET_AUDIT_WEBHOOK_ALLOW          hosts and networks where it may   (none)
                                         be though they are not public

    \b
    Where connects and disconnects of devices come from, besides HTTP:
      FLEET_AUDIT_MQTT_HOST              an MQTT broker                    (none)
      FLEET_AUDIT_MQTT_PORT              its port                          (8883; 1883 without TLS)
      FLEET_AUDIT_MQTT_VERSION           5 or 3.1.1                        (5)
      FLEET_AUDIT_MQTT_TLS               true or false                     (true)
      FLEET_AUDIT_MQTT_CA_FILE           who vouches for it                (whom the machine trusts)
      FLEET_AUDIT_MQTT_CERTIFICATE_FILE  our own certificate, for TLS      (none)
      FLEET_AUDIT_MQTT_KEY_FILE          its key                           (in the same file)
      FLEET_AUDIT_MQTT_USERNAME          who we are, by name               (none)
      FLEET_AUDIT_MQTT_PASSWORD_FILE     a file with the password          (none)
      FLEET_AUDIT_MQTT_TOPICS            topic filters, comma-separated    ($aws/events/presence/...)
      FLEET_AUDIT_MQTT_CLIENT_ID         of our session at the broker      (fleet-audit-ACCOUNT)

    /metrics is for Prometheus, /health/live and /health/ready for what watches over the process.
    """
    chosen = settings(host=host, port=port, data_directory=data_dir, insecure=insecure)
    log_to(sys.stderr, chosen.observing)
    _require_that_no_stranger_moves_the_clock(chosen)
    with start_explained(chosen), embedded(chosen, SystemClock()) as services:
        spare_what_is_loaded()
        asyncio.run(serve_until_stopped(services))


def _require_that_no_stranger_moves_the_clock(chosen: Settings) -> None:
    if chosen.clock == MANUAL and not is_loopback(chosen.host) and not chosen.clock_anywhere:
        raise click.ClickException(
            f"FLEET_AUDIT_CLOCK=manual lets everyone who can reach {chosen.host} move the clock. "
            "Listen on a loopback address, or set FLEET_AUDIT_CLOCK_ANYWHERE=true as well."
        )
