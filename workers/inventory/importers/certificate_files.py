"""Certificates in files: PEM, DER and PKCS#7, in either encoding."""

from collections.abc import Iterable, Iterator

from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from workers.inventory.certificate_facts import BROKEN, CertificateRejected, facts_of
from workers.inventory.importers.inventory_record import InventoryRecord
from workers.inventory.importers.pem import PemBlock, pem_blocks
from workers.inventory.importers.rejection import RecordRejected, Rejection, shortened
from workers.inventory.kinds import CA_CERTIFICATES, DEVICE_CERTIFICATES

CERTIFICATE_LABELS = ("CERTIFICATE", "X509 CERTIFICATE")
PKCS7_LABELS = ("PKCS7", "CMS", "PKCS #7 SIGNED DATA")

SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
"""The object identifier with which every PKCS#7 that holds certificates begins. Source: RFC 5652, section 5."""


def read_pem(lines: Iterable[tuple[int, bytes | None]]) -> Iterator[InventoryRecord | Rejection]:
    """A record, or the reason why there is none, for each certificate in a text.

    Keys and the like beside certificates are passed over; a text that holds no certificate is rejected.
    """
    others: set[str] = set()
    has_certificates = False
    for block in pem_blocks(lines):
        if isinstance(block, Rejection):
            has_certificates = True
            yield block
        elif block.label in (*CERTIFICATE_LABELS, *PKCS7_LABELS):
            has_certificates = True
            yield from _in_block(block)
        else:
            others.add(block.label)
    if not has_certificates:
        found = f", only {', '.join(sorted(others))}" if others else ""
        yield Rejection(shortened(f"holds no certificate{found}"))


def read_der(der: bytes) -> Iterator[InventoryRecord | Rejection]:
    """The same for what a DER file holds: one certificate, or a PKCS#7 structure."""
    return _records(der, is_pkcs7=SIGNED_DATA in der[:32], line=None)


def record_of_certificate(der: bytes) -> InventoryRecord:
    """The record of a certificate of which nothing else is told.

    One that says it is a CA's is a CA certificate, any other a device's. It counts as active, and as created when
    it became valid: of all times known of it that is the nearest to its registration, and it never changes.
    """
    facts = facts_of(der)
    values = {
        **vars(facts),
        "status": "ACTIVE",
        "creation_date": facts.not_before,
        "ca_certificate_id": None,
    }
    return InventoryRecord(CA_CERTIFICATES if facts.is_ca else DEVICE_CERTIFICATES, values, der)


def _in_block(block: PemBlock) -> Iterator[InventoryRecord | Rejection]:
    try:
        der = block.decoded()
    except RecordRejected as rejected:
        yield Rejection(shortened(rejected), line=block.line)
    else:
        yield from _records(der, is_pkcs7=block.label in PKCS7_LABELS, line=block.line)


def _records(der: bytes, *, is_pkcs7: bool, line: int | None) -> Iterator[InventoryRecord | Rejection]:
    try:
        certificates = _in_pkcs7(der) if is_pkcs7 else [der]
    except RecordRejected as rejected:
        yield Rejection(shortened(rejected), line=line)
        return
    for each in certificates:
        try:
            yield record_of_certificate(each)
        except CertificateRejected as rejected:
            yield Rejection(shortened(rejected), line=line)


def _in_pkcs7(der: bytes) -> list[bytes]:
    try:
        certificates = pkcs7.load_der_pkcs7_certificates(der)
        encoded = [certificate.public_bytes(Encoding.DER) for certificate in certificates]
    except BROKEN as error:
        raise RecordRejected(f"not a PKCS#7 structure that can be read: {error}") from error
    if not encoded:
        raise RecordRejected("the PKCS#7 structure holds no certificate")
    return encoded
