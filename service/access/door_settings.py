"""Whom the door lets in, how often and how many at once: the settings of that."""

import re
from dataclasses import dataclass, field

from service.access.throttling_rates import GENEROUS, THROTTLING
from service.variables import SettingError, Variables

ANY_HOST = "*"

_HOST_NAME = re.compile(r"[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_])?")


@dataclass(frozen=True)
class Door:
    """What can be set. The limits leave room below 1,024 open files, which most systems allow a process."""

    allowed_hosts: frozenset[str] = frozenset()
    """Host names by which the service may be asked for, in lower case and without ports; `*` for any."""
    throttling: str = GENEROUS
    """How often an account may call an operation: see `service.access.throttling_rates`."""
    most_connections: int = 512
    """Connections in all."""
    most_connections_of_a_peer: int = 256
    """Connections of one address. All callers that come through one proxy have the proxy's."""
    metrics_token: str = field(default="", repr=False)
    """What who asks for `/metrics` must bear; empty: everybody may ask."""
    idle_timeout: int = 60
    """Seconds that a silent or half-spoken connection is kept. aiohttp's own is an hour."""


DEFAULT_DOOR = Door()


def door(given: Variables) -> Door:
    """Read the settings; raise SettingError for the first one that is wrong."""
    default = DEFAULT_DOOR
    most = given.whole_number("FLEET_AUDIT_MAX_CONNECTIONS", default.most_connections, 1, 100_000)
    of_a_peer = min(default.most_connections_of_a_peer, most)
    what = "generous, aws, off or a whole number (requests a second)"
    return Door(
        allowed_hosts=_host_names(given),
        throttling=given.matching("FLEET_AUDIT_THROTTLING", default.throttling, THROTTLING, what),
        most_connections=most,
        most_connections_of_a_peer=given.whole_number(
            "FLEET_AUDIT_MAX_CONNECTIONS_PER_PEER", of_a_peer, 1, 100_000
        ),
        metrics_token=given.secret("FLEET_AUDIT_METRICS_TOKEN"),
        idle_timeout=given.whole_number("FLEET_AUDIT_IDLE_TIMEOUT", default.idle_timeout, 1, 3_600),
    )


def _host_names(given: Variables) -> frozenset[str]:
    names = frozenset(each.strip().lower() for each in given.text("FLEET_AUDIT_ALLOWED_HOSTS", "").split(","))
    for name in names - {"", ANY_HOST}:
        if not _HOST_NAME.fullmatch(name):
            raise SettingError(
                "FLEET_AUDIT_ALLOWED_HOSTS must be host names without ports, separated by commas, "
                f"and has {name!r}."
            )
    return names - {""}
