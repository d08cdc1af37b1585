"""Where the members of a certificate's to-be-signed part begin and end.

`cryptography` parses a certificate in two microseconds, and takes another fifteen to hand back the bytes of its
public key; it also hands back nothing of a key it does not know. Both are had by walking the outermost members.
"""

from dataclasses import dataclass

SEQUENCE = 0x30
VERSION = 0xA0
LONG_FORM = 0x80


@dataclass(frozen=True, slots=True)
class TbsCertificate:
    """Encodings of members, their tags and lengths included. Source: RFC 5280, section 4.1."""

    serial_number: bytes
    """The contents of the INTEGER: big-endian, two's complement."""
    subject_public_key_info: bytes


def tbs_certificate_of(der: bytes) -> TbsCertificate:
    """Walk the members of a DER certificate; raises ValueError when they do not lie one after the other.

    Nothing inside of a member is looked at: that a certificate is sound is for `cryptography` to say.
    """
    _, at, _ = _header(der, 0, SEQUENCE)
    _, at, end = _header(der, at, SEQUENCE)
    members: list[tuple[int, int, int]] = []
    while at < end and len(members) < 7:
        start = at
        tag, content, at = _header(der, at)
        if tag != VERSION:
            members.append((start, content, at))
        elif members:
            break
    if len(members) < 6 or at > end:
        raise ValueError("not an X.509 certificate")
    _, serial, serial_end = members[0]
    key, _, key_end = members[5]
    if serial == serial_end:
        raise ValueError("its serial number is empty")
    return TbsCertificate(der[serial:serial_end], der[key:key_end])


def _header(der: bytes, at: int, expected: int | None = None) -> tuple[int, int, int]:
    """The tag, where the contents begin, and where they end."""
    header = der[at : at + 2]
    if len(header) < 2 or (expected is not None and header[0] != expected):
        raise ValueError("not an X.509 certificate")
    tag, length = header
    at += 2
    if length >= LONG_FORM:
        octets = length - LONG_FORM
        length = int.from_bytes(der[at : at + octets], "big")
        at += octets
    if at + length > len(der):
        raise ValueError("it is cut short")
    return tag, at, at + length
