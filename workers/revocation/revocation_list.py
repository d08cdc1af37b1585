"""Reads and verifies a certificate revocation list (CRL). Source: RFC 5280, sections 5 and 6.3."""

import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from events.clock import epoch_milliseconds
from workers.judging.revoked_serials import RevokedSerials, serial_number_hex
from workers.revocation.failure import Unusable

PEM = b"-----BEGIN X509 CRL-----"

CLOCKS_DIFFER = timedelta(minutes=5)
"""How far ahead of ours an issuer's clock may be."""

KNOWN_EXTENSIONS = (
    x509.AuthorityKeyIdentifier,
    x509.CRLNumber,
    x509.DeltaCRLIndicator,
    x509.FreshestCRL,
    x509.IssuerAlternativeName,
    x509.IssuingDistributionPoint,
)
"""Of a list. A critical one of another kind makes the list unusable (section 5.2)."""

KNOWN_ENTRY_EXTENSIONS = (x509.CRLReason, x509.InvalidityDate)
"""Of an entry; likewise (section 5.3). The certificate issuer of an indirect list is not among them."""

PROBLEMS = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
"""What `cryptography` raises over parts that it can't make sense of."""


@dataclass(frozen=True)
class Wanted:
    """What a list is to say something about, and when."""

    is_ca: bool
    """Whether the certificates are CA certificates."""
    urls: frozenset[str]
    """Their distribution points."""
    now: datetime


class RevocationList:
    """A list that was fetched. Nothing is believed of it before `require_usable` and `require_signed_by`."""

    def __init__(self, encoded: bytes) -> None:
        """Parse DER or PEM; Unusable when it is neither."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # `cryptography` warns of strange names, which are no news here
                self._parse(encoded)
        except PROBLEMS as error:
            raise Unusable("is not a list that can be read") from error

    def _parse(self, encoded: bytes) -> None:
        """Read all but the entries: each part is parsed when it is asked for, and may be broken."""
        load = x509.load_pem_x509_crl if encoded.lstrip().startswith(PEM) else x509.load_der_x509_crl
        self._crl = load(encoded)
        self._extensions = list(self._crl.extensions)
        self._issuer = self._crl.issuer
        self._this_update, self._next_update = self._crl.last_update_utc, self._crl.next_update_utc

    @property
    def valid_until(self) -> int | None:
        """The `nextUpdate` in epoch milliseconds, if it has one."""
        until = self._next_update
        return None if until is None else epoch_milliseconds(until)

    def require_usable(self, wanted: Wanted) -> None:
        """Raise Unusable unless the list is complete, of the present, and about such certificates."""
        if self._next_update is None:
            raise Unusable("does not say until when it is valid")
        if wanted.now > self._next_update:
            raise Unusable("has expired")
        if self._this_update > wanted.now + CLOCKS_DIFFER:
            raise Unusable("is of the future")
        for extension in self._extensions:
            _require_known(extension, KNOWN_EXTENSIONS)
            if isinstance(extension.value, x509.DeltaCRLIndicator):
                raise Unusable("is a delta CRL, which is not supported")
            if isinstance(extension.value, x509.IssuingDistributionPoint):
                _require_in_scope(extension.value, wanted)

    def require_signed_by(self, issuers: Iterable[x509.Certificate]) -> None:
        """Raise Unusable unless it is the list of one of these, by name and by signature."""
        named = [each for each in issuers if each.subject == self._issuer]
        if not named:
            raise Unusable("is issued by someone else than their issuer")
        for issuer in named:
            if _may_sign_lists(issuer) and self._is_signed_by(issuer):
                return
        raise Unusable("does not bear their issuer's signature")

    def _is_signed_by(self, issuer: x509.Certificate) -> bool:
        try:
            return self._crl.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]
        except PROBLEMS:
            return False

    @cached_property
    def revoked(self) -> RevokedSerials:
        """What is on it; Unusable when an entry can't be read."""
        try:
            return RevokedSerials.of(self._serial_numbers())
        except PROBLEMS as error:
            raise Unusable("has entries that can't be read") from error

    def _serial_numbers(self) -> Iterator[str]:
        for entry in self._crl:
            for extension in entry.extensions:
                _require_known(extension, KNOWN_ENTRY_EXTENSIONS)
            yield serial_number_hex(entry.serial_number)


def _require_known(extension: x509.Extension[Any], known: tuple[type, ...]) -> None:
    if isinstance(extension.value, x509.CertificateIssuer):
        raise Unusable("is an indirect CRL, which is not supported")
    if extension.critical and not isinstance(extension.value, known):
        raise Unusable("has a critical extension that is not known")


def _require_in_scope(point: x509.IssuingDistributionPoint, wanted: Wanted) -> None:
    if point.indirect_crl:
        raise Unusable("is an indirect CRL, which is not supported")
    if point.only_some_reasons is not None:
        raise Unusable("is limited to some reasons, which is not supported")
    is_about_others = point.only_contains_user_certs if wanted.is_ca else point.only_contains_ca_certs
    if is_about_others or point.only_contains_attribute_certs:
        raise Unusable("is about other kinds of certificates")
    names = {name.value for name in point.full_name or () if isinstance(name, x509.UniformResourceIdentifier)}
    if names.isdisjoint(wanted.urls) and (names or point.full_name or point.relative_name):
        raise Unusable("is that of another distribution point")


def _may_sign_lists(issuer: x509.Certificate) -> bool:
    """Without the extension every use is allowed (section 4.2.1.3)."""
    try:
        return issuer.extensions.get_extension_for_class(x509.KeyUsage).value.crl_sign
    except x509.ExtensionNotFound:
        return True
    except PROBLEMS:
        return False
