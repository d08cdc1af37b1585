"""The CA that signs the demo's device certificates."""

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey


class CertificateAuthority:
    """A CA with a key of its own, made when the object is."""

    def __init__(self, common_name: str, now: datetime) -> None:
        self._name = _name(common_name)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = self._sign(
            self._name,
            self._key.public_key(),
            not_before=now - timedelta(days=700),
            not_after=now + timedelta(days=3000),
            is_ca=True,
        )

    def issue(
        self, common_name: str, public_key: PublicKey, *, not_before: datetime, not_after: datetime
    ) -> x509.Certificate:
        """A device's certificate over `public_key`; its private half is not needed for that."""
        return self._sign(_name(common_name), public_key, not_before=not_before, not_after=not_after, is_ca=False)

    def _sign(
        self, subject: x509.Name, public_key: PublicKey, *, not_before: datetime, not_after: datetime, is_ca: bool
    ) -> x509.Certificate:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(not_before)
            .not_valid_after(not_after)
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False
            )
            .sign(self._key, hashes.SHA256())
        )


def device_key() -> ec.EllipticCurvePublicKey:
    """The public half of a new key, as a device would make it."""
    return ec.generate_private_key(ec.SECP256R1()).public_key()


def pem(certificate: x509.Certificate) -> str:
    """The PEM encoding."""
    return certificate.public_bytes(Encoding.PEM).decode()


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
