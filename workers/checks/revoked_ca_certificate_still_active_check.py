"""REVOKED_CA_CERTIFICATE_STILL_ACTIVE_CHECK: CA certificates that their issuer has revoked.

Looks for:      an ACTIVE CA certificate whose serial number is on the revocation list (CRL) of its issuer.
Reason codes:   CERTIFICATE_REVOKED_BY_ISSUER
Why it matters: a CA certificate is revoked when its key can't be trusted any more. As long as it is active in
                AWS IoT, whoever has that key can sign certificates that register themselves as new devices.
How to fix:     set the CA certificate INACTIVE, so that nothing new is registered with it. Look through the
                device certificates that it signed, above all the newest, and replace and revoke them.
Our choice:     as for REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE_CHECK. A root that names no revocation list
                complies, since nobody is above it who could revoke it.
Source:         AWS IoT Device Defender developer guide, "Revoked CA certificate still active"; RFC 5280, sections
                5 and 6.3.
"""

from collections.abc import Iterable, Iterator

from events.resource import NonCompliance
from events.vocabulary import CheckName, Severity
from workers.checks.check import Check, Circumstances, Collects, NotJudged
from workers.inventory.kinds import CA_CERTIFICATES, Examines
from workers.inventory.rows import Row
from workers.judging import revocation
from workers.judging.certificates import IN_USE, ca_certificate


def judge(certificates: Iterable[Row], circumstances: Circumstances) -> Iterator[NonCompliance | NotJudged]:
    """Yield one non-compliance for each CA certificate on a revocation list of its issuer."""
    return revocation.revoked(certificates, circumstances.revocations, ca_certificate)


CHECK = Check(
    name=CheckName("REVOKED_CA_CERTIFICATE_STILL_ACTIVE_CHECK"),
    severity=Severity.CRITICAL,
    examines=Examines(CA_CERTIFICATES, revocation.COLUMNS, only=IN_USE),
    judge=judge,
    collects=Collects.LISTS,
)
