"""REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE_CHECK: device certificates that their issuer has revoked.

Looks for:      an ACTIVE or PENDING_TRANSFER device certificate whose serial number is on the revocation list
                (CRL) of its issuer.
Reason codes:   CERTIFICATE_REVOKED_BY_ISSUER
Why it matters: a CA revokes a certificate when its key is lost or its device is not to be trusted any more. AWS
                IoT does not ask the CA, so the device, or whoever has its key, can connect until the certificate
                is revoked there, too.
How to fix:     find out why the CA revoked it. Provision a new certificate for the device if it is still to be
                trusted, see it connect with that, then set this one REVOKED and detach it.
Our choice:     AWS does not say how it finds the list. Lists are fetched from the CRL distribution points of the
                certificate over HTTP or HTTPS and kept until their nextUpdate. One of them has to bear the
                signature of the key that signed the certificate; its owner is looked for among the CA
                certificates of the inventory, else fetched where the certificate says (AIA). A certificate that
                is on hold is revoked, too. A list that is expired, of another issuer, a delta or an indirect CRL,
                or can't be had leaves the certificate not judged, and the check's message counts how many and
                why. So does a certificate that names no list, unless it is its own issuer: nobody else could
                revoke that. Requests go to public addresses only, and to what FLEET_AUDIT_CRL_ALLOW opens. OCSP
                is not asked. The prose is ours.
Source:         AWS IoT Device Defender developer guide, "Revoked device certificate still active"; RFC 5280,
                sections 5 and 6.3.
"""

from collections.abc import Iterable, Iterator
from functools import partial

from events.resource import NonCompliance
from events.vocabulary import CheckName, Severity
from workers.checks.check import Check, Circumstances, Collects, NotJudged
from workers.inventory.kinds import DEVICE_CERTIFICATES, Examines
from workers.inventory.rows import Row
from workers.judging import revocation
from workers.judging.certificates import IN_USE, device_certificate


def judge(certificates: Iterable[Row], circumstances: Circumstances) -> Iterator[NonCompliance | NotJudged]:
    """Yield one non-compliance for each certificate on a revocation list of its issuer."""
    resource = partial(device_certificate, account=circumstances.account, region=circumstances.region)
    return revocation.revoked(certificates, circumstances.revocations, resource)


CHECK = Check(
    name=CheckName("REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE_CHECK"),
    severity=Severity.MEDIUM,
    examines=Examines(DEVICE_CERTIFICATES, revocation.COLUMNS, only=IN_USE),
    judge=judge,
    collects=Collects.LISTS,
)
