"""CONFLICTING_CLIENT_IDS_CHECK: client IDs whose connections knocked one another off.

Looks for:      connections that the broker ended because another one began with the same client ID: on demand, in
                the 31 days before the audit; scheduled, from the schedule's last run to this one.
Reason codes:   DUPLICATE_CLIENT_ID_ACROSS_CONNECTIONS
Why it matters: a broker keeps one connection a client ID, so two devices with the same one disconnect each other
                again and again, and messages get lost. It can also be somebody who has a device's credentials.
How to fix:     give each device a client ID of its own: register it as a thing, and let it connect with the
                thing's name, or use a UUID. The related resources say who was knocked off and when.
Our choice:     a connection was knocked off when its disconnectReason is DUPLICATE_CLIENTID. Where the broker
                gives no reason, when the next connection with its client ID began before it ended. Which principal
                took over is not looked at: a device that connects anew before the broker has noticed that its last
                connection is dead knocks itself off. The time that counts is that of the disconnect. The related
                resources are the connections that were knocked off, newest disconnect first, each as the
                certificate that it had; one with another principal as the client ID, with PRINCIPAL_ID in
                additionalInfo. At most 2,000 are named; if there are more, DISPLACED_CONNECTIONS in additionalInfo
                counts all. The prose is ours. Without connections that are known of any time in the window, the
                check FAILS, with INSUFFICIENT_PERMISSIONS; when they are known of a part only, its message says
                since when.
Source:         AWS IoT Device Defender developer guide, "Conflicting MQTT client IDs"; AWS IoT Core developer
                guide, "Lifecycle events".
"""

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import groupby
from operator import itemgetter

from events.clock import epoch_milliseconds
from events.resource import NonCompliance, RelatedResource, Resource
from events.vocabulary import CheckName, ResourceType, Severity
from workers.checks.check import Check, Circumstances
from workers.inventory.kinds import Examines
from workers.inventory.rows import Row
from workers.judging import connections
from workers.judging.certificates import device_certificate
from workers.judging.look_back import LookBack, known_in_part
from workers.presence.kinds import CONNECTIONS_BY_CLIENT
from workers.presence.presence_event import is_certificate


def judge(rows: Iterable[Row], circumstances: Circumstances) -> Iterator[NonCompliance]:
    """Yield one non-compliance for each client ID with connections that another one ended."""
    until = epoch_milliseconds(circumstances.window.until if circumstances.window else circumstances.now)
    for client_id, its_connections in groupby(rows, itemgetter(0)):
        conflicting = connections.displaced(its_connections, until)
        if conflicting is not None:
            named = connections.related(conflicting.newest, partial(_principal, circumstances))
            yield NonCompliance(
                Resource(ResourceType.CLIENT_ID, {"clientId": client_id}),
                "DUPLICATE_CLIENT_ID_ACROSS_CONNECTIONS",
                "Client ID was used by several connections, which disconnected one another.",
                {"DISPLACED_CONNECTIONS": str(conflicting.number)} if conflicting.number > len(named) else {},
                named,
            )


def _principal(circumstances: Circumstances, row: Row) -> RelatedResource:
    client_id, principal = row[0], row[3]
    if is_certificate(principal):
        certificate = device_certificate(principal, circumstances.account, circumstances.region)
        return RelatedResource(certificate, connections.times(row))
    client = Resource(ResourceType.CLIENT_ID, {"clientId": client_id})
    return RelatedResource(client, {"PRINCIPAL_ID": principal, **connections.times(row)})


CHECK = Check(
    name=CheckName("CONFLICTING_CLIENT_IDS_CHECK"),
    severity=Severity.HIGH,
    examines=Examines(
        CONNECTIONS_BY_CLIENT,
        ("client_id", "began_at", "ended_at", "principal", "connected_at", "was_displaced"),
    ),
    judge=judge,
    notices=lambda circumstances: known_in_part(circumstances.window, circumstances.connections_known_since),
    looks_back=LookBack(),
)
