"""DEVICE_CERTIFICATE_EXPIRING_CHECK: device certificates that have expired or soon will.

Looks for:      an ACTIVE or PENDING_TRANSFER device certificate whose notAfter is past, or within
                CERT_EXPIRATION_THRESHOLD_IN_DAYS (30 to 3652 days, 30 by default) of the audit's start.
Reason codes:   CERTIFICATE_PAST_EXPIRATION, CERTIFICATE_APPROACHING_EXPIRATION
Why it matters: a device whose certificate has expired can't prove who it is, and should no longer be let in.
                One that does not get a new certificate in time drops out of reach, and may need a person to
                visit it.
How to fix:     provision a new certificate and attach it to the thing with its policies, see the device connect
                with it, then deactivate and detach the old one.
Our choice:     a certificate is valid up to and including its notAfter, as RFC 5280 has it, and the last
                instant of the threshold counts as approaching. additionalInfo has EXPIRATION_TIME for both
                reason codes. The prose for an approaching expiration is ours; AWS documents only the other.
Source:         AWS IoT Device Defender developer guide, "Device certificate expiring"; AWS IoT developer guide,
                the example finding of "Audit finding suppressions".
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import partial

from events.check_catalogue import ThresholdRange
from events.resource import NonCompliance
from events.vocabulary import CheckName, Severity, ThresholdName
from workers.checks.check import Check, Circumstances
from workers.inventory.kinds import DEVICE_CERTIFICATES, Examines
from workers.inventory.rows import Row
from workers.judging import expiration
from workers.judging.certificates import IN_USE, device_certificate

THRESHOLD = ThresholdName.CERT_EXPIRATION_THRESHOLD_IN_DAYS


def judge(certificates: Iterable[Row], circumstances: Circumstances) -> Iterator[NonCompliance]:
    """Yield one non-compliance for each certificate past its notAfter or within the threshold of it."""
    resource = partial(device_certificate, account=circumstances.account, region=circumstances.region)
    threshold = timedelta(days=int(circumstances.configuration[THRESHOLD]))
    return expiration.expiring(certificates, threshold, circumstances.now, resource)


CHECK = Check(
    name=CheckName("DEVICE_CERTIFICATE_EXPIRING_CHECK"),
    severity=Severity.MEDIUM,
    examines=Examines(DEVICE_CERTIFICATES, expiration.COLUMNS, only=IN_USE),
    judge=judge,
    thresholds={THRESHOLD: ThresholdRange(default=30, minimum=30, maximum=3652)},
)
