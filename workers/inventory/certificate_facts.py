"""What can be known of a certificate from the certificate alone: worked out once, at import.

A certificate that `cryptography` refuses to parse is rejected with its reason. Where only a part is broken (the
key, the extensions, a name), the rest is worked out and what is missing is said to be unknown, so that a
certificate that can't be judged for its key is still judged for its expiry.
"""

import hashlib
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa

from workers.inventory.certificate_extensions import EXTENSIONS
from workers.inventory.tbs_certificate import TbsCertificate, tbs_certificate_of

LONGEST_CERTIFICATE = 65_536
"""Bytes. AWS's `CertificatePem` has at most as many characters."""

UNKNOWN_KEY = "UNKNOWN"
"""The algorithm of a key that is not at hand."""

KEY_ALGORITHMS = {
    "1.2.840.113549.1.1.1": "RSA",
    "1.2.840.113549.1.1.10": "RSA",  # whose owner promises to sign with PSS only
    "1.2.840.10045.2.1": "EC",
    "1.3.101.112": "ED25519",
    "1.3.101.113": "ED448",
    "1.2.840.10040.4.1": "DSA",
}
"""Names of key algorithms by their object identifier; any other keeps its identifier as its name."""

BROKEN = (
    ValueError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
    Warning,
)
"""What `cryptography` raises for a part that it can't read. A warning is one where warnings are errors."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class CertificateRejected(ValueError):  # noqa: N818 - it is refused, and the import goes on
    """A certificate that can't be taken in. Its text says why, and begins with a lower-case letter."""


@dataclass
class CertificateFacts:
    """The columns of a certificate's row that follow from its encoding; times are epoch milliseconds.

    The defaults are what is said of a certificate that is not at hand: unknown.
    """

    certificate_id: str
    not_after: int
    not_before: int | None = None
    subject: str = ""
    issuer: str = ""
    serial_number: str = ""
    key_algorithm: str = UNKNOWN_KEY
    key_size: int | None = None
    signature_algorithm: str = ""
    public_key_sha256: str = ""
    is_roca: int | None = None
    """None: not known, since the key is not at hand or is broken. Keys other than RSA have 0."""
    modulus_fingerprint: str | None = None
    subject_key_id: str | None = None
    authority_key_id: str | None = None
    crl_urls: str = "[]"
    ca_issuer_urls: str = "[]"
    is_ca: bool = False
    """The one fact that is no column: it tells a certificate's kind when nobody says so."""


def facts_of(der: bytes) -> CertificateFacts:
    """Work out the facts of a DER certificate; raises CertificateRejected with the reason."""
    if len(der) > LONGEST_CERTIFICATE:
        raise CertificateRejected(f"it is longer than {LONGEST_CERTIFICATE:,} bytes")
    try:
        certificate = x509.load_der_x509_certificate(der)
        not_before, not_after = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    except BROKEN as error:
        raise CertificateRejected(f"not a certificate that can be read: {error}") from error
    tbs = tbs_certificate_of(der)
    facts = CertificateFacts(
        certificate_id=hashlib.sha256(der).hexdigest(),
        not_before=_milliseconds(not_before),
        not_after=_milliseconds(not_after),
        serial_number=tbs.serial_number.hex().removeprefix("00"),
        signature_algorithm=certificate.signature_algorithm_oid.dotted_string,
        public_key_sha256=hashlib.sha256(tbs.subject_public_key_info).hexdigest(),
    )
    for part in (_add_subject, _add_issuer, _add_key, _add_extensions):
        try:
            part(facts, certificate, tbs)
        except BROKEN:
            continue
    return facts


@contextmanager
def tolerated_irregularities() -> Iterator[None]:
    """Be silent, during the block, about certificates that break a rule and can be read all the same.

    `cryptography` warns of what the standards forbid, such as a negative serial number, a country of seven letters
    or PKCS#7 in BER. Many home-made certificates have one, and it is no reason to leave a device out.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning, module=r"workers\.inventory\.")
        yield


def _add_subject(facts: CertificateFacts, certificate: x509.Certificate, _: TbsCertificate) -> None:
    facts.subject = certificate.subject.rfc4514_string()


def _add_issuer(facts: CertificateFacts, certificate: x509.Certificate, tbs: TbsCertificate) -> None:
    facts.issuer = _issuer_text(_Issuer(tbs.issuer, certificate))


@dataclass(frozen=True)
class _Issuer:
    encoded: bytes
    certificate: x509.Certificate = field(compare=False)


@lru_cache(maxsize=256)
def _issuer_text(issuer: _Issuer) -> str:
    """A fleet has few issuers, and a name takes as long to read as all the rest but the key."""
    return issuer.certificate.issuer.rfc4514_string()


def _add_key(facts: CertificateFacts, certificate: x509.Certificate, _: TbsCertificate) -> None:
    algorithm = certificate.public_key_algorithm_oid.dotted_string
    facts.key_algorithm = KEY_ALGORITHMS.get(algorithm, algorithm)
    if facts.key_algorithm != "RSA":
        facts.is_roca = 0
    key = certificate.public_key()
    facts.key_size = getattr(key, "key_size", None)
    if isinstance(key, rsa.RSAPublicKey):
        modulus = key.public_numbers().n
        facts.is_roca = int(bool(_roca()(modulus)))
        facts.modulus_fingerprint = modulus_fingerprint(modulus)


def _add_extensions(facts: CertificateFacts, certificate: x509.Certificate, _: TbsCertificate) -> None:
    for extension in certificate.extensions:
        fact, read = EXTENSIONS.get(type(extension.value), (None, None))
        if fact and read:
            setattr(facts, fact, read(extension.value))


def modulus_fingerprint(modulus: int) -> str:
    """The last 20 hex digits of the SHA-1 of the line that `openssl x509 -noout -modulus` prints.

    The lists of the Debian package openssl-blacklist hold these. Source: openssl-vulnkey(1).
    """
    return hashlib.sha1(b"Modulus=%X\n" % modulus, usedforsecurity=False).hexdigest()[20:]


@cache
def _roca() -> Callable[[int], Any]:
    """The test for CVE-2017-15361 of badkeys, alone. Imported when it is first needed, since that takes 100 ms."""
    from badkeys.rsakeys import roca  # noqa: PLC0415

    check: Callable[[int], Any] = roca
    return check


def _milliseconds(moment: datetime) -> int:
    return int((moment - EPOCH).total_seconds()) * 1000
