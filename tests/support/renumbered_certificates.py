"""Any number of certificates in no time: one that was really signed, with other serial numbers written into it.

Their signatures no longer hold, which nobody checks at import. So 100,000 are had in a second.
"""

from collections.abc import Iterator

from cryptography import x509

from tests.support.certificates import KeyType, certificate, der, public_key

SERIAL_NUMBER = 0x1122334455667788
"""Stands in a template where the serial numbers go: eight bytes, positive."""

FIRST = 0x1000000000000000


def renumbered_certificates(count: int, *, keys: int = 100, one_rsa_in: int = 10) -> Iterator[bytes]:
    """DER encodings, all different, over `keys` EC P-256 keys, every `one_rsa_in`th over an RSA key."""
    templates = [_parts(certificate(f"device-{n}", key=public_key(number=n), serial_number=SERIAL_NUMBER))
                 for n in range(1, keys + 1)]  # fmt: skip
    rsa = _parts(certificate("gateway", key=public_key(KeyType.RSA_2048), serial_number=SERIAL_NUMBER))
    for number in range(count):
        before, after = rsa if number % one_rsa_in == 0 else templates[number % keys]
        yield before + (FIRST + number).to_bytes(8, "big") + after


def _parts(template: x509.Certificate) -> tuple[bytes, bytes]:
    before, after = der(template).split(SERIAL_NUMBER.to_bytes(8, "big"))
    return before, after
