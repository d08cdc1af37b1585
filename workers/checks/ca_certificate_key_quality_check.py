"""CA_CERTIFICATE_KEY_QUALITY_CHECK: CA certificates over keys that were weak when they were made.

Looks for:      an ACTIVE CA certificate whose public key was made by the RSA library of Infineon
                (CVE-2017-15361, "ROCA") or by Debian's broken OpenSSL (CVE-2008-0166).
Reason codes:   CERTIFICATE_KEY_VULNERABILITY_CVE-2017-15361, CERTIFICATE_KEY_VULNERABILITY_CVE-2008-0166
Why it matters: the private half of such a key can be worked out from the certificate. Whoever does so can sign
                a certificate for any device they like, and it will be trusted.
How to fix:     make a new CA key with software that has the flaw mended, register its certificate, move the
                devices to certificates of the new CA, then set the old one INACTIVE and revoke what it signed.
Our choice:     as for DEVICE_CERTIFICATE_KEY_QUALITY_CHECK: one finding a weakness, and without a list of keys
                (FLEET_AUDIT_KEY_BLOCKLIST) a message that CVE-2008-0166 was not examined.
Source:         AWS IoT Device Defender developer guide, "CA certificate key quality"; CVE-2017-15361;
                CVE-2008-0166; openssl-vulnkey(1).
"""

from collections.abc import Iterable, Iterator

from events.resource import NonCompliance
from events.vocabulary import CheckName, Severity
from workers.checks.check import Check, Circumstances, NotJudged
from workers.inventory.kinds import CA_CERTIFICATES, Examines
from workers.inventory.rows import Row
from workers.judging import key_quality
from workers.judging.certificates import IN_USE, ca_certificate


def judge(certificates: Iterable[Row], circumstances: Circumstances) -> Iterator[NonCompliance | NotJudged]:
    """Yield one non-compliance for each weakness of each CA certificate's key."""
    return key_quality.weak(certificates, circumstances.weak_keys, ca_certificate)


CHECK = Check(
    name=CheckName("CA_CERTIFICATE_KEY_QUALITY_CHECK"),
    severity=Severity.CRITICAL,
    examines=Examines(CA_CERTIFICATES, key_quality.COLUMNS, only=IN_USE),
    judge=judge,
    notices=lambda circumstances: key_quality.notices(circumstances.weak_keys),
    asks_key_blocklist=True,
)
