"""Real certificates for tests: real keys, real signatures, made in a fraction of a millisecond.

Keys are made once a process. Those of EC and Ed25519 come from fixed numbers and sign
deterministically, so their certificates are the same in every run; RSA keys are fresh in each process.
"""

import functools
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

from tests.support.published_weak_keys import PUBLIC_EXPONENT

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey


class KeyType(StrEnum):
    """The kinds of keys that can be had."""

    RSA_2048 = "RSA_2048"
    RSA_4096 = "RSA_4096"
    EC_P256 = "EC_P256"
    EC_P384 = "EC_P384"
    ED25519 = "ED25519"


@functools.cache
def private_key(key_type: KeyType = KeyType.EC_P256, number: int = 1) -> PrivateKey:
    """The process's key of this type and number (from 1). Other numbers are other keys."""
    match key_type:
        case KeyType.RSA_2048:
            return rsa.generate_private_key(PUBLIC_EXPONENT, 2048)
        case KeyType.RSA_4096:
            return rsa.generate_private_key(PUBLIC_EXPONENT, 4096)
        case KeyType.EC_P256:
            return ec.derive_private_key(number, ec.SECP256R1())
        case KeyType.EC_P384:
            return ec.derive_private_key(number, ec.SECP384R1())
        case KeyType.ED25519:
            return ed25519.Ed25519PrivateKey.from_private_bytes(number.to_bytes(32, "big"))


def public_key(key_type: KeyType = KeyType.EC_P256, number: int = 1) -> PublicKey:
    """The public half of `private_key`."""
    return private_key(key_type, number).public_key()


def rsa_public_key(modulus: int, exponent: int = PUBLIC_EXPONENT) -> rsa.RSAPublicKey:
    """The RSA key of these numbers, such as a published weak one; nobody needs to have its private half."""
    return rsa.RSAPublicNumbers(exponent, modulus).public_key()


@dataclass(frozen=True)
class Issuer:
    """Who signs: a name and a private key."""

    common_name: str = "Test CA"
    key: PrivateKey = field(default_factory=lambda: private_key(number=1_000_000))


def certificate(
    common_name: str = "device-1",
    *,
    key: PublicKey | None = None,
    not_before: datetime = datetime(2025, 6, 1, tzinfo=UTC),
    not_after: datetime = datetime(2035, 6, 1, tzinfo=UTC),
    is_ca: bool = False,
    serial_number: int | None = None,
    issuer: Issuer | None = None,
    extensions: Sequence[x509.ExtensionType] = (),
) -> x509.Certificate:
    """A signed certificate; by default over EC P-256 key number 1, its serial number made of its name."""
    subject_key = key or public_key()
    issuer = issuer or Issuer()
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(common_name))
        .issuer_name(_name(issuer.common_name))
        .public_key(subject_key)
        .serial_number(serial_number or _serial_number_of(common_name))
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(subject_key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False)
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    if isinstance(issuer.key, ed25519.Ed25519PrivateKey):
        return builder.sign(issuer.key, None)
    if isinstance(issuer.key, rsa.RSAPrivateKey):
        return builder.sign(issuer.key, hashes.SHA256())
    return builder.sign(issuer.key, hashes.SHA256(), ecdsa_deterministic=True)


def crl_distribution_points(*urls: str) -> x509.CRLDistributionPoints:
    """The extension that says where the issuer's revocation lists are."""
    points = (x509.DistributionPoint([x509.UniformResourceIdentifier(url)], None, None, None) for url in urls)
    return x509.CRLDistributionPoints(points)


def ca_issuers(*urls: str) -> x509.AuthorityInformationAccess:
    """The extension that says where the issuer's own certificate is."""
    method = AuthorityInformationAccessOID.CA_ISSUERS
    locations = (x509.UniformResourceIdentifier(url) for url in urls)
    return x509.AuthorityInformationAccess(x509.AccessDescription(method, location) for location in locations)


def der(signed: x509.Certificate) -> bytes:
    """Its DER encoding."""
    return signed.public_bytes(Encoding.DER)


def pem(*signed: x509.Certificate) -> str:
    """The PEM encoding of one certificate or several, one after the other."""
    return "".join(each.public_bytes(Encoding.PEM).decode() for each in signed)


def certificate_id(signed: x509.Certificate) -> str:
    """Its id, as AWS has it: the SHA-256 of the DER encoding."""
    return hashlib.sha256(der(signed)).hexdigest()


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _serial_number_of(common_name: str) -> int:
    return int.from_bytes(hashlib.sha256(common_name.encode()).digest()[:15], "big") + 1
