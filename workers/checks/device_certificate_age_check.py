"""DEVICE_CERTIFICATE_AGE_CHECK: device certificates that have been in use for too long.

Looks for:      an ACTIVE or PENDING_TRANSFER device certificate that is CERT_AGE_THRESHOLD_IN_DAYS old or older
                (30 to 3652 days, 365 by default).
Reason codes:   CERTIFICATE_PAST_AGE_THRESHOLD
Why it matters: the longer a private key is in use, the more chances there were to copy it. Certificates that
                are replaced in turn limit what a stolen key is worth, and keep the way of replacing them in
                working order.
How to fix:     provision a new certificate and attach it to the thing with its policies, see the device connect
                with it, then deactivate and detach the old one.
Our choice:     the age counts from creationDate, when the certificate was registered: AWS does not say from
                what, and notBefore can be long before the key was first used. A certificate that was imported
                without creationDate counts from its notBefore, the best that is known of it; without either it
                is not judged, and the check's message says how many. additionalInfo has CREATION_TIME in epoch
                milliseconds, after the pattern of EXPIRATION_TIME; the prose is ours.
Source:         AWS IoT Device Defender developer guide, "Device certificate age".
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from events.check_catalogue import ThresholdRange
from events.clock import epoch_milliseconds
from events.resource import NonCompliance
from events.vocabulary import CheckName, Severity, ThresholdName
from workers.checks.check import Check, Circumstances, NotJudged
from workers.inventory.kinds import DEVICE_CERTIFICATES, Examines
from workers.inventory.rows import Row
from workers.judging.certificates import IN_USE, device_certificate

THRESHOLD = ThresholdName.CERT_AGE_THRESHOLD_IN_DAYS
UNKNOWN_AGE = NotJudged("certificates whose creation date is not known")


def judge(certificates: Iterable[Row], circumstances: Circumstances) -> Iterator[NonCompliance | NotJudged]:
    """Yield one non-compliance for each certificate created at least the threshold ago."""
    threshold = timedelta(days=int(circumstances.configuration[THRESHOLD]))
    last_of_the_old = epoch_milliseconds(circumstances.now - threshold)
    for certificate_id, creation_date in certificates:
        if creation_date is None:
            yield UNKNOWN_AGE
        elif creation_date <= last_of_the_old:
            yield NonCompliance(
                device_certificate(certificate_id, circumstances.account, circumstances.region),
                "CERTIFICATE_PAST_AGE_THRESHOLD",
                "Certificate is past its age threshold.",
                {"CREATION_TIME": str(creation_date)},
            )


CHECK = Check(
    name=CheckName("DEVICE_CERTIFICATE_AGE_CHECK"),
    severity=Severity.LOW,
    examines=Examines(DEVICE_CERTIFICATES, ("certificate_id", "creation_date"), only=IN_USE),
    judge=judge,
    thresholds={THRESHOLD: ThresholdRange(default=365, minimum=30, maximum=3652)},
)
