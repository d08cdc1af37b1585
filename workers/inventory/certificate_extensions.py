"""Which extensions of a certificate become facts, and how."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson
from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID


def _authority_key_id(extension: x509.AuthorityKeyIdentifier) -> str | None:
    return None if extension.key_identifier is None else extension.key_identifier.hex()


def _crl_urls(extension: x509.CRLDistributionPoints) -> str:
    return _urls(name for point in extension for name in point.full_name or ())


def _ca_issuer_urls(extension: x509.AuthorityInformationAccess) -> str:
    wanted = AuthorityInformationAccessOID.CA_ISSUERS
    return _urls(access.access_location for access in extension if access.access_method == wanted)


def _urls(names: Iterable[x509.GeneralName]) -> str:
    urls = [name.value for name in names if isinstance(name, x509.UniformResourceIdentifier)]
    return orjson.dumps(urls).decode()


EXTENSIONS: Mapping[type, tuple[str, Callable[[Any], Any]]] = {
    x509.BasicConstraints: ("is_ca", lambda extension: extension.ca),
    x509.SubjectKeyIdentifier: ("subject_key_id", lambda extension: extension.digest.hex()),
    x509.AuthorityKeyIdentifier: ("authority_key_id", _authority_key_id),
    x509.CRLDistributionPoints: ("crl_urls", _crl_urls),
    x509.AuthorityInformationAccess: ("ca_issuer_urls", _ca_issuer_urls),
}
"""The fact that an extension tells, and how it is read from what `cryptography` made of it."""
