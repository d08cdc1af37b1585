"""DEVICE_CERTIFICATE_SHARED_CHECK: certificates with which several clients were connected at once.

Looks for:      connections that lasted at the same time, were authenticated with the same X.509 certificate and
                have different client IDs: on demand, in the 31 days before the audit up to 2 hours before it;
                scheduled, from 2 hours before the schedule's last run to 2 hours before this one.
Reason codes:   CERTIFICATE_SHARED_BY_MULTIPLE_DEVICES
Why it matters: every device should have a certificate of its own. One that several use may have been copied by
                whoever got at a device, and can't be taken from one of them without stopping all.
How to fix:     see from the times of the related resources whether it goes on. Provision a certificate for each
                device, have it connect with that, then revoke the shared one. If only one of the clients should
                have it, find out where the others have the key from.
Our choice:     two connections overlap when one began before the other ended and their client IDs differ. A broker
                keeps one connection a client ID, so a client's next connection ends the one before, also when
                nobody told of that. A connection of which only the end is known counts for the millisecond before.
                One whose end is not known lasts, for as long as it counts at all: 31 days from its beginning. The
                status of the certificate is not looked at, and other principals than certificates aren't either.
                The related resources are the connections that overlapped, newest first: at most 2,000, fewer if
                their names are long. If there are more, CONCURRENT_CONNECTIONS in additionalInfo counts all.
                Without connections that are known of any time in the window, the check FAILS, with
                INSUFFICIENT_PERMISSIONS; when they are known of a part only, its message says since when.
Source:         AWS IoT Device Defender developer guide, "Device certificate shared"; the example of
                ListAuditFindings in the AWS CLI's documentation.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import groupby
from operator import itemgetter

from events.resource import NonCompliance, RelatedResource, Resource
from events.vocabulary import CheckName, ResourceType, Severity
from workers.checks.check import Check, Circumstances
from workers.inventory.kinds import Examines
from workers.inventory.rows import Row
from workers.judging import connections
from workers.judging.certificates import device_certificate
from workers.judging.look_back import LookBack, known_in_part
from workers.presence.kinds import CONNECTIONS_BY_PRINCIPAL


def judge(rows: Iterable[Row], circumstances: Circumstances) -> Iterator[NonCompliance]:
    """Yield one non-compliance for each certificate with connections that overlap."""
    for certificate_id, its_connections in groupby(rows, itemgetter(0)):
        shared = connections.concurrent(its_connections)
        if shared is not None:
            named = connections.related(shared.newest, _client)
            yield NonCompliance(
                device_certificate(certificate_id, circumstances.account, circumstances.region),
                "CERTIFICATE_SHARED_BY_MULTIPLE_DEVICES",
                "Certificate shared by one or more devices.",
                {"CONCURRENT_CONNECTIONS": str(shared.number)} if shared.number > len(named) else {},
                named,
            )


def _client(row: Row) -> RelatedResource:
    return RelatedResource(Resource(ResourceType.CLIENT_ID, {"clientId": row[3]}), connections.times(row))


CHECK = Check(
    name=CheckName("DEVICE_CERTIFICATE_SHARED_CHECK"),
    severity=Severity.CRITICAL,
    examines=Examines(
        CONNECTIONS_BY_PRINCIPAL,
        ("principal", "began_at", "ended_at", "client_id", "connected_at"),
        only={"is_certificate": (1,)},
    ),
    judge=judge,
    notices=lambda circumstances: known_in_part(circumstances.window, circumstances.connections_known_since),
    looks_back=LookBack(delay=timedelta(hours=2)),
)
