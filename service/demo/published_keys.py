"""Two published public keys with known weaknesses, and the line by which a blocklist knows one of them."""

import hashlib
from importlib.resources import files

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key


def roca_key() -> rsa.RSAPublicKey:
    """A key made by Infineon's RSA library (CVE-2017-15361)."""
    return _published("rsa-roca.key")


def debian_weak_key() -> rsa.RSAPublicKey:
    """A key made by Debian's broken OpenSSL (CVE-2008-0166)."""
    return _published("rsa-debianweak.key")


def blocklist_line(key: rsa.RSAPublicKey) -> str:
    """The key as `openssl-blacklist` lists it. Source: openssl-vulnkey(1).

    That is the last 20 hex digits of the SHA-1 of what `openssl x509 -noout -modulus` prints.
    """
    printed = f"Modulus={key.public_numbers().n:X}\n"
    return hashlib.sha1(printed.encode(), usedforsecurity=False).hexdigest()[-20:]


def _published(name: str) -> rsa.RSAPublicKey:
    key = load_pem_public_key((files("service.demo") / "data" / name).read_bytes())
    if not isinstance(key, rsa.RSAPublicKey):
        raise TypeError(f"{name} must hold an RSA key")
    return key
