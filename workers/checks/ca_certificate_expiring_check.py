"""CA_CERTIFICATE_EXPIRING_CHECK: CA certificates that have expired or soon will.

Looks for:      an ACTIVE CA certificate whose notAfter is past, or at most 30 days after the audit's start.
Reason codes:   CERTIFICATE_PAST_EXPIRATION, CERTIFICATE_APPROACHING_EXPIRATION
Why it matters: nothing that an expired CA signs should be trusted. Devices that register with certificates of
                this CA can no longer be added, and those already there lose what vouches for them.
How to fix:     ask the CA for a new certificate, register it, see that devices can register with it, then set
                the old one INACTIVE.
Our choice:     as for DEVICE_CERTIFICATE_EXPIRING_CHECK. AWS lets the threshold of that one be set and fixes
                this one's at 30 days, and so do we. additionalInfo has EXPIRATION_TIME here too.
Source:         AWS IoT Device Defender developer guide, "CA certificate expiring".
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from events.resource import NonCompliance
from events.vocabulary import CheckName, Severity
from workers.checks.check import Check, Circumstances
from workers.inventory.kinds import CA_CERTIFICATES, Examines
from workers.inventory.rows import Row
from workers.judging import expiration
from workers.judging.certificates import IN_USE, ca_certificate

THRESHOLD = timedelta(days=30)


def judge(certificates: Iterable[Row], circumstances: Circumstances) -> Iterator[NonCompliance]:
    """Yield one non-compliance for each CA certificate past its notAfter or within 30 days of it."""
    return expiration.expiring(certificates, THRESHOLD, circumstances.now, ca_certificate)


CHECK = Check(
    name=CheckName("CA_CERTIFICATE_EXPIRING_CHECK"),
    severity=Severity.MEDIUM,
    examines=Examines(CA_CERTIFICATES, expiration.COLUMNS, only=IN_USE),
    judge=judge,
)
