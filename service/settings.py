"""The settings of a process: `FLEET_AUDIT_*` variables, read once at its start."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from events.vocabulary import AccountId
from service.access.door_settings import DEFAULT_DOOR, Door, door
from service.access.sealing_key import sealing_keys
from service.checkpoint_settings import CheckpointSettings, checkpoint_settings
from service.database_setting import database_url
from service.mqtt_settings import mqtt_broker
from service.observing.settings import DEFAULT_OBSERVING, Observing, observing
from service.redis_setting import redis_url
from service.variables import SettingError, Variables
from service.webhook_settings import webhook
from workers.notifying.webhook import Webhook
from workers.presence.mqtt_broker import MqttBroker
from workers.revocation.address_rules import PUBLIC_ONLY, AddressRules

__all__ = ["DEFAULT_ACCOUNT", "SettingError", "Settings"]

SYSTEM = "system"
MANUAL = "manual"
"""The two clocks."""

IMPORT = "import"
AWS = "aws"
"""The two sources of the inventory."""

DEFAULT_ACCOUNT = AccountId("000000000000")

DEFAULT_CHECKPOINTS = CheckpointSettings(f"fleet-audit/{DEFAULT_ACCOUNT}")

ACCOUNT = re.compile(r"[0-9]{12}")
"""What an account id is."""
_REGION = re.compile(r"[a-z]{2,3}(-[a-z]+){1,3}-[0-9]{1,2}")


@dataclass(frozen=True)
class Settings:
    """What can be set. Each default is right for a trial on one's own machine."""

    host: str = "127.0.0.1"
    """The address to listen on. Anything but a loopback address lets the network in."""
    port: int = 8080
    """The port to listen on; 0 takes any that is free."""
    data_directory: Path = Path("fleet-audit-data")
    """Where the embedded service keeps its files."""
    database_url: str | None = field(default=None, repr=False)
    """The PostgreSQL database that everything is kept in; None: files in the data directory. It may have a
    password, so it is never shown."""
    account: AccountId = DEFAULT_ACCOUNT
    """The AWS account that this service answers for."""
    region: str = "us-east-1"
    """The AWS region in its ARNs."""
    credentials_keys: tuple[bytes, ...] = field(default=(), repr=False)
    """Under which the secrets of credentials are sealed; none: a key file in the data directory is."""
    insecure: bool = False
    """Let everybody in who can reach the service, wherever it listens and whatever credentials there are."""
    checkpoints: CheckpointSettings = field(default=DEFAULT_CHECKPOINTS, repr=False)
    """Who signs checkpoints of the log."""
    source: str = IMPORT
    """`import`: the inventory is what was imported. `aws`: an audit reads the account with boto3 first."""
    assumes_role: bool = True
    """Whether the account is read, and its SNS target told, by the role that is configured for it, and not by
    boto3's own credentials."""
    retention_days: int = 180
    """How far back audits and findings can be asked for. Source: the audit command reference."""
    archive_directory: Path | None = None
    """Where the events of audits go that are older than that; None: they stay in the log."""
    key_blocklist: Path | None = None
    """A list of Debian's weak keys (CVE-2008-0166) in the format of `openssl-blacklist`."""
    crl_allow: AddressRules = PUBLIC_ONLY
    """What may be asked for revocation lists besides public addresses: host names and networks."""
    mqtt_broker: MqttBroker | None = None
    """Where presence events come from; None: only over HTTP."""
    webhook: Webhook | None = None
    """What is told of audits' ends besides an account's SNS target."""
    throttling_status: int = 429
    """The HTTP status of a ThrottlingException: 429 as specified, 400 as in AWS's present model."""
    door: Door = DEFAULT_DOOR
    """Whom the door lets in, how often and how many at once."""
    clock: str = SYSTEM
    """`system`, or `manual`: a clock that stands still until it is moved over HTTP."""
    clock_anywhere: bool = False
    """Let the manual clock be moved from the network, where the service listens to that."""
    observing: Observing = DEFAULT_OBSERVING
    """What is logged, measured and traced, and where to."""
    redis_url: str | None = field(default=None, repr=False)
    """The Redis that carries work to worker processes; only roles of their own need one. Never shown, either."""
    messages_out: int = 64
    """How many pieces of work a coordinator has given to workers at once: about 4 for each of their threads."""
    worker_threads: int = 2
    """Threads that judge, in the embedded service and in each worker process."""
    shard_size: int = 25_000
    """Resources that are judged in one go."""

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        """Read the settings; raise SettingError for the first one that is wrong."""
        given = Variables(environ)
        account = AccountId(given.matching("FLEET_AUDIT_ACCOUNT", cls.account, ACCOUNT, "12 digits"))
        return cls(
            host=given.text("FLEET_AUDIT_HOST", cls.host),
            port=given.whole_number("FLEET_AUDIT_PORT", cls.port, 0, 65_535),
            data_directory=Path(given.text("FLEET_AUDIT_DATA_DIR", str(cls.data_directory))),
            database_url=database_url(given),
            account=account,
            region=given.matching("FLEET_AUDIT_REGION", cls.region, _REGION, "an AWS region such as us-east-1"),
            credentials_keys=sealing_keys(given),
            insecure=given.switch("FLEET_AUDIT_INSECURE", default=cls.insecure),
            checkpoints=checkpoint_settings(given, account),
            source=given.choice("FLEET_AUDIT_SOURCE", cls.source, (IMPORT, AWS)),
            assumes_role=given.switch("FLEET_AUDIT_ASSUME_ROLE", default=cls.assumes_role),
            retention_days=given.whole_number("FLEET_AUDIT_RETENTION_DAYS", cls.retention_days, 1, 3_650),
            archive_directory=given.directory("FLEET_AUDIT_ARCHIVE_DIR"),
            key_blocklist=given.file("FLEET_AUDIT_KEY_BLOCKLIST"),
            crl_allow=given.address_rules("FLEET_AUDIT_CRL_ALLOW"),
            mqtt_broker=mqtt_broker(given, account),
            webhook=webhook(given),
            throttling_status=given.one_of("FLEET_AUDIT_THROTTLING_STATUS", cls.throttling_status, (400, 429)),
            door=door(given),
            clock=given.choice("FLEET_AUDIT_CLOCK", cls.clock, (SYSTEM, MANUAL)),
            clock_anywhere=given.switch("FLEET_AUDIT_CLOCK_ANYWHERE", default=cls.clock_anywhere),
            observing=observing(given),
            redis_url=redis_url(given),
            messages_out=given.whole_number("FLEET_AUDIT_MESSAGES_OUT", cls.messages_out, 1, 100_000),
            worker_threads=given.whole_number("FLEET_AUDIT_WORKER_THREADS", cls.worker_threads, 1, 64),
            shard_size=given.whole_number("FLEET_AUDIT_SHARD_SIZE", cls.shard_size, 100, 1_000_000),
        )
