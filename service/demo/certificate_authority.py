"""The CA that signs the demo's device certificates."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey


class CertificateAuthority:
    """A CA with a key of its own, made when the object is."""

    def __init__(
        self,
        common_name: str,
        now: datetime,
        *,
        above: "CertificateAuthority | None" = None,
        lists_at: str | None = None,
    ) -> None:
        """Make a root, or a CA whose certificate the CA `above` signs.

        With `lists_at`, the URL of a server, its certificates name a revocation list and their issuer there.
        """
        self.common_name = common_name
        self._name = _name(common_name)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._urls = None if lists_at is None else f"{lists_at}/{file_name(common_name)}"
        signed_by = above or self
        self.certificate = signed_by._sign(  # noqa: SLF001 - of its own class
            self._name,
            self._key.public_key(),
            not_before=now - timedelta(days=700),
            not_after=now + timedelta(days=3000),
            is_ca=True,
            extensions=above.whereabouts() if above else (),
        )

    def issue(
        self,
        common_name: str,
        public_key: PublicKey,
        *,
        not_before: datetime,
        not_after: datetime,
        is_ca: bool = False,
    ) -> x509.Certificate:
        """The certificate of a device, or of another CA, over `public_key`; its private half is not needed."""
        return self._sign(
            _name(common_name),
            public_key,
            not_before=not_before,
            not_after=not_after,
            is_ca=is_ca,
            extensions=self.whereabouts(),
        )

    def revocation_list(self, revoked: Iterable[x509.Certificate], now: datetime) -> bytes:
        """A list of these certificates for the coming week, in DER."""
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self._name)
            .last_update(now - timedelta(hours=1))
            .next_update(now + timedelta(days=7))
        )
        for certificate in revoked:
            entry = x509.RevokedCertificateBuilder(
                certificate.serial_number, now.astimezone(UTC).replace(tzinfo=None)
            )
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(self._key, hashes.SHA256()).public_bytes(Encoding.DER)

    def whereabouts(self) -> Sequence[x509.ExtensionType]:
        """What a certificate says about where its revocation list and its issuer are."""
        if self._urls is None:
            return ()
        lists = [x509.UniformResourceIdentifier(f"{self._urls}.crl")]
        issuer = x509.UniformResourceIdentifier(f"{self._urls}.cer")
        return (
            x509.CRLDistributionPoints([x509.DistributionPoint(lists, None, None, None)]),
            x509.AuthorityInformationAccess(
                [x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, issuer)]
            ),
        )

    def _sign(
        self,
        subject: x509.Name,
        public_key: PublicKey,
        *,
        not_before: datetime,
        not_after: datetime,
        is_ca: bool,
        extensions: Sequence[x509.ExtensionType],
    ) -> x509.Certificate:
        builder = (
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
        )
        for extension in extensions:
            builder = builder.add_extension(extension, critical=False)
        return builder.sign(self._key, hashes.SHA256())


def file_name(common_name: str) -> str:
    """What a CA's files are called."""
    return common_name.lower().replace(" ", "-")


def device_key() -> ec.EllipticCurvePublicKey:
    """The public half of a new key, as a device would make it."""
    return ec.generate_private_key(ec.SECP256R1()).public_key()


def pem(certificate: x509.Certificate) -> str:
    """The PEM encoding."""
    return certificate.public_bytes(Encoding.PEM).decode()


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
