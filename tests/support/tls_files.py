"""A certification authority in a directory, and files of those that it vouches for."""

import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.support.certificates import Issuer, certificate, pem, private_key


class TlsFiles:
    """PEM files, under names that begin with the authority's."""

    def __init__(self, directory: Path, authority: str = "authority", number: int = 1_000_000) -> None:
        """Make an authority over the key of a number."""
        self._directory = directory
        self._issuer = Issuer(authority, private_key(number=number))
        self.ca = directory / f"{authority}.pem"
        made = certificate(authority, key=self._issuer.key.public_key(), is_ca=True, issuer=self._issuer)
        self.ca.write_text(pem(made))

    def certificate(self, name: str, address: str = "127.0.0.1") -> tuple[Path, Path]:
        """Write a certificate that is valid for an address of this machine, and its key."""
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
        made = certificate(name, issuer=self._issuer, extensions=[names])
        key = private_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        paths = (self._directory / f"{name}.pem", self._directory / f"{name}.key")
        paths[0].write_text(pem(made))
        paths[1].write_bytes(key)
        return paths
