"""Some members of a certificate's to-be-signed part, as they are encoded. Source: RFC 5280, section 4.1.

`cryptography` parses a certificate in two microseconds, and takes another fifteen to hand back the bytes of its
public key; of a key that it does not know it hands back nothing. Walking the outermost members takes three.
"""

from dataclasses import dataclass

VERSION = 0xA0
"""The tag of the version, which a certificate of version 1 does not have."""

LONG_FORM = 0x80


@dataclass(frozen=True, slots=True)
class TbsCertificate:
    """What is wanted of the to-be-signed part."""

    serial_number: bytes
    """The contents of the INTEGER: big-endian, two's complement."""
    issuer: bytes
    """With its tag and length, as the next."""
    subject_public_key_info: bytes


def tbs_certificate_of(der: bytes) -> TbsCertificate:
    """Walk the members of a certificate that `cryptography` has parsed, and that is sound therefore."""
    _, at, _ = _header(der, 0)
    _, at, _ = _header(der, at)
    tag, content, end = _header(der, at)
    if tag == VERSION:
        _, content, end = _header(der, end)
    _, _, issuer = _header(der, end)  # where the signature ends
    _, _, validity = _header(der, issuer)
    _, _, subject = _header(der, validity)
    _, _, key = _header(der, subject)
    _, _, key_end = _header(der, key)
    return TbsCertificate(der[content:end], der[issuer:validity], der[key:key_end])


def _header(der: bytes, at: int) -> tuple[int, int, int]:
    """The tag of what is encoded at `at`, where its contents begin, and where they end."""
    tag, length = der[at], der[at + 1]
    at += 2
    if length >= LONG_FORM:
        octets = length - LONG_FORM
        length = int.from_bytes(der[at : at + octets], "big")
        at += octets
    return tag, at, at + length
