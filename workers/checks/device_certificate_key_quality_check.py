"""DEVICE_CERTIFICATE_KEY_QUALITY_CHECK: device certificates over keys that were weak when they were made.

Looks for:      an ACTIVE or PENDING_TRANSFER device certificate whose public key was made by the RSA library of
                Infineon (CVE-2017-15361, "ROCA") or by Debian's broken OpenSSL (CVE-2008-0166).
Reason codes:   CERTIFICATE_KEY_VULNERABILITY_CVE-2017-15361, CERTIFICATE_KEY_VULNERABILITY_CVE-2008-0166
Why it matters: the private half of such a key can be worked out from the certificate: with a good deal of
                computing for CVE-2017-15361, by looking it up for CVE-2008-0166. Whoever does so can connect as
                the device.
How to fix:     make a new key with software that has the flaw mended, provision a certificate over it, see the
                device connect with it, then revoke the old one. Look for other devices of the same make.
Our choice:     a key with both weaknesses has two findings. ROCA is told by the discrete logarithm test of
                badkeys. Keys of CVE-2008-0166 are told by the operator's list (FLEET_AUDIT_KEY_BLOCKLIST) in
                the format of Debian's package openssl-blacklist; without a list the check's message says that
                this half was not examined. Size, exponent and other weaknesses are not this check's subject, as
                they are not AWS's. A certificate whose key can't be read is not judged. The prose is ours.
Source:         AWS IoT Device Defender developer guide, "Device certificate key quality"; CVE-2017-15361;
                CVE-2008-0166; openssl-vulnkey(1).
"""

from collections.abc import Iterable, Iterator
from functools import partial

from events.resource import NonCompliance
from events.vocabulary import CheckName, Severity
from workers.checks.check import Check, Circumstances, NotJudged
from workers.inventory.kinds import DEVICE_CERTIFICATES, Examines
from workers.inventory.rows import Row
from workers.judging import key_quality
from workers.judging.certificates import IN_USE, device_certificate


def judge(certificates: Iterable[Row], circumstances: Circumstances) -> Iterator[NonCompliance | NotJudged]:
    """Yield one non-compliance for each weakness of each certificate's key."""
    resource = partial(device_certificate, account=circumstances.account, region=circumstances.region)
    return key_quality.weak(certificates, circumstances.weak_keys, resource)


CHECK = Check(
    name=CheckName("DEVICE_CERTIFICATE_KEY_QUALITY_CHECK"),
    severity=Severity.CRITICAL,
    examines=Examines(DEVICE_CERTIFICATES, key_quality.COLUMNS, only=IN_USE),
    judge=judge,
    notices=lambda circumstances: key_quality.notices(circumstances.weak_keys),
    asks_key_blocklist=True,
)
