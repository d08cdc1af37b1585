"""Finds the certificates that others were signed with: in the inventory, else where they say it is (AIA)."""

import hashlib
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.utils import CryptographyDeprecationWarning

from events.vocabulary import AccountId
from workers.inventory.certificate_facts import facts_of
from workers.inventory.kinds import Examines
from workers.inventory.rows import Row
from workers.judging.revocation import Source
from workers.revocation.documents import Documents, urls_in
from workers.revocation.failure import Unusable

KEPT = timedelta(days=1)
"""How long a fetched issuer certificate is not fetched again. It says nothing of that itself."""

MOST_IN_A_BUNDLE = 32
"""Certificates that are looked at where one was fetched."""

PROBLEMS = (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion)


class Certificates(Protocol):
    """What is asked of the inventory (`workers/inventory/certificate_reader.py`)."""

    def distinct(
        self, account: AccountId, examines: Examines, version: int, columns: tuple[str, ...], limit: int
    ) -> list[Row]:
        """The distinct values of columns, each with one key that has them at its end."""
        ...

    def encoding(self, account: AccountId, certificate_id: str) -> bytes | None:
        """A certificate's DER encoding, if the inventory has it."""
        ...

    def ca_certificates(self, account: AccountId, version: int, subjects: Iterable[str]) -> list[bytes]:
        """The encodings of the CA certificates that have one of these names."""
        ...


@dataclass(frozen=True)
class Issued:
    """Certificates of one source, with one of them for all. Alike names, keys and URLs are alike issuers."""

    source: Source
    sample: x509.Certificate


IssuersOf = dict[Source, list[x509.Certificate] | Unusable]
"""Who signed the certificates of a source, the newest first; or why that is not known."""


@dataclass(frozen=True)
class IssuerSearch:
    """Looks for issuers in one account at one version of its inventory."""

    certificates: Certificates
    account: AccountId
    version: int
    documents: Documents

    def find(self, issued: Iterable[Issued]) -> IssuersOf:
        """Find who signed each; what is fetched for that is fetched in one go."""
        wanted = {each.source: each for each in issued}
        at_hand = self._at_hand({source.issuer for source in wanted})
        found: IssuersOf = {}
        for source, each in wanted.items():
            self.documents.require_wanted()
            signers = _signers(each.sample, at_hand)
            if signers:
                found[source] = signers
        elsewhere = {source: urls_in(source.ca_issuer_urls) for source in wanted if source not in found}
        self.documents.gather(url for urls in elsewhere.values() for url in urls)
        for source, urls in elsewhere.items():
            self.documents.require_wanted()
            found[source] = self._fetched(wanted[source].sample, urls)
        return found

    def _at_hand(self, names: set[str]) -> list[x509.Certificate]:
        encoded = self.certificates.ca_certificates(self.account, self.version, names)
        return [load_certificate(each) for each in encoded]

    def _fetched(self, sample: x509.Certificate, urls: list[str]) -> list[x509.Certificate] | Unusable:
        failure = Unusable("is not in the inventory, and they do not say where it is")
        for url in urls:
            try:
                signers = _signers(sample, _certificates_in(self.documents.answer(url)))
            except Unusable as unusable:
                failure = unusable
                continue
            if signers:
                self.documents.keep_for(url, KEPT)
                return signers
            failure = Unusable("as fetched is not the one that signed them")
        return failure


def load_certificate(encoded: bytes) -> x509.Certificate:
    """Parse a DER certificate, without a warning about what RFC 5280 forbids; ValueError if it is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        return x509.load_der_x509_certificate(encoded)


def id_of(certificate: x509.Certificate) -> str:
    """The certificate's id, as AWS has it."""
    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()


def is_root(certificate: x509.Certificate) -> bool:
    """Whether it is signed by itself, so that nobody above it could revoke it."""
    return bool(_signers(certificate, [certificate]))


def _signers(certificate: x509.Certificate, candidates: Iterable[x509.Certificate]) -> list[x509.Certificate]:
    """Those that did sign the certificate, the newest first."""
    signers = [each for each in candidates if _did_sign(each, certificate)]
    return sorted(signers, key=lambda each: (each.not_valid_before_utc, id_of(each)), reverse=True)


def _did_sign(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, *PROBLEMS):
        return False
    return True


def _certificates_in(body: bytes) -> list[x509.Certificate]:
    """The certificate, or those of a PKCS #7 bundle (`.p7c`), in DER or PEM. Source: RFC 5280, section 4.2.2.1.

    A certificate too strange to work with does not keep the others of a bundle from being had.
    """
    for load in LOADERS:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # `cryptography` warns of what it takes all the same
                found = load(body)
        except PROBLEMS:
            continue
        if usable := [each for each in found[:MOST_IN_A_BUNDLE] if _has_facts(each)]:
            return usable
    raise Unusable("as fetched is not one that can be read")


def _has_facts(certificate: x509.Certificate) -> bool:
    try:
        facts_of(certificate.public_bytes(Encoding.DER))
    except PROBLEMS:
        return False
    return True


def _one(body: bytes) -> list[x509.Certificate]:
    return [x509.load_der_x509_certificate(body)]


LOADERS = (
    _one,
    x509.load_pem_x509_certificates,
    pkcs7.load_der_pkcs7_certificates,
    pkcs7.load_pem_pkcs7_certificates,
)
