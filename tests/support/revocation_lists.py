"""Real revocation lists for tests, signed with the keys of `tests/support/certificates.py`."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tests.support.certificates import Issuer, certificate, private_key
from tests.support.fake_clock import FakeClock

NOW = FakeClock().now()
"""When tests take place."""

FLEET_CA = Issuer("Fleet CA", private_key(number=2_000_001))
OTHER_CA = Issuer("Other CA", private_key(number=2_000_002))
IMPOSTOR = Issuer("Fleet CA", private_key(number=2_000_003))
"""Has the fleet CA's name and another key."""

SERIAL_NUMBER = 0x1234


def ca_certificate(
    ca: Issuer = FLEET_CA,
    by: Issuer | None = None,
    extensions: Sequence[x509.ExtensionType] = (),
    serial_number: int | None = None,
) -> x509.Certificate:
    """The certificate of a CA, signed by itself unless another is given."""
    key = ca.key.public_key()
    return certificate(
        ca.common_name, key=key, is_ca=True, issuer=by or ca, extensions=extensions, serial_number=serial_number
    )


def revocation_list(
    revoked: Iterable[int] = (),
    *,
    by: Issuer = FLEET_CA,
    this_update: datetime = NOW - timedelta(days=1),
    next_update: datetime = NOW + timedelta(days=1),
    extensions: Sequence[tuple[x509.ExtensionType, bool]] = (),
    of_entries: Sequence[tuple[x509.ExtensionType, bool]] = (),
) -> bytes:
    """A list in DER; each extension with whether it is critical."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, by.common_name)])
    builder = x509.CertificateRevocationListBuilder(
        issuer_name=name,
        last_update=this_update.astimezone(UTC).replace(tzinfo=None),
        next_update=next_update.astimezone(UTC).replace(tzinfo=None),
        # Adding them one by one would take a time that grows with their square.
        revoked_certificates=[_entry(number, of_entries) for number in revoked],
    )
    for extension, is_critical in extensions:
        builder = builder.add_extension(extension, is_critical)
    assert isinstance(by.key, ec.EllipticCurvePrivateKey)
    return builder.sign(by.key, hashes.SHA256(), ecdsa_deterministic=True).public_bytes(Encoding.DER)


def _entry(serial_number: int, extensions: Sequence[tuple[x509.ExtensionType, bool]]) -> x509.RevokedCertificate:
    builder = x509.RevokedCertificateBuilder(serial_number, datetime(2025, 7, 1))  # noqa: DTZ001 - as it is kept
    for extension, is_critical in extensions:
        builder = builder.add_extension(extension, is_critical)
    return builder.build()


def issuing_distribution_point(**given: object) -> tuple[x509.ExtensionType, bool]:
    """The extension that says what a list is about."""
    members = {
        "full_name": None,
        "relative_name": None,
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
    }
    return x509.IssuingDistributionPoint(**{**members, **given}), True  # type: ignore[arg-type]
