"""The forms in which an issuer's certificate comes from where a certificate says it is (AIA), whole and broken."""

from collections.abc import Iterator

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from tests.support.certificates import (
    certificate,
    crl_distribution_points,
    der,
    pem,
)
from tests.support.revocation_lists import (
    IMPOSTOR,
    OTHER_CA,
    ca_certificate,
    revocation_list,
)
from tests.support.revoking_fleet import ISSUER_URL, LOST, URL, Fleet, revoking_fleet
from workers.inventory.certificate_facts import LONGEST_CERTIFICATE
from workers.revocation.issuers import MOST_IN_A_BUNDLE


@pytest.fixture
def fleet(tmp_path) -> Iterator[Fleet]:
    with revoking_fleet(tmp_path) as fleet:
        yield fleet


ENORMOUS = certificate(
    "e", extensions=[crl_distribution_points(f"http://crl.example.com/{'x' * LONGEST_CERTIFICATE}")]
)
SIGNED_DATA, DATA = bytes.fromhex("06092a864886f70d010702"), bytes.fromhex("06092a864886f70d010701")
EMPTY_BUNDLE = bytes.fromhex("3023") + SIGNED_DATA + bytes.fromhex("a0163014020101 3100 300b") + DATA + b"\x31\x00"


def bundle(*certificates: x509.Certificate, encoding: Encoding = Encoding.DER) -> bytes:
    """A PKCS #7 structure of certificates only, as `.p7c` files are."""
    return pkcs7.serialize_certificates([*certificates], encoding)


@pytest.mark.parametrize(
    "served",
    [
        pem(ca_certificate()).encode(),
        der(ca_certificate()),
        bundle(ca_certificate()),
        bundle(ca_certificate(), encoding=Encoding.PEM),
        bundle(ca_certificate(OTHER_CA), ca_certificate(IMPOSTOR), ca_certificate()),
        bundle(ENORMOUS, ca_certificate()),
    ],
    ids=["PEM", "DER", "bundle", "bundle in PEM", "bundle with others", "bundle with an enormous one"],
)
def test_an_issuer_may_come_in_several_forms(fleet, served):
    fleet.has(LOST)
    fleet.server.documents |= {URL: revocation_list([LOST.serial_number]), ISSUER_URL: served}
    [list_id] = fleet.verdict().list_ids
    assert f"{LOST.serial_number:x}" in fleet.store.revoked(list_id)


@pytest.mark.parametrize(("count", "is_found"), [(MOST_IN_A_BUNDLE - 1, True), (MOST_IN_A_BUNDLE, False)])
def test_only_so_many_certificates_of_a_bundle_are_looked_at(fleet, count, is_found):
    fleet.has(LOST)
    others = [ca_certificate(OTHER_CA, serial_number=number + 1) for number in range(count)]
    fleet.server.documents |= {URL: revocation_list(), ISSUER_URL: bundle(*others, ca_certificate())}
    assert bool(fleet.verdict().list_ids) == is_found


def test_a_bundle_without_the_issuer_is_said(fleet):
    fleet.has(LOST)
    fleet.server.documents |= {URL: revocation_list(), ISSUER_URL: bundle(ca_certificate(OTHER_CA))}
    assert fleet.verdict().why_none == "whose issuer's certificate as fetched is not the one that signed them"


@pytest.mark.parametrize(
    "served",
    [
        b"",
        b"<html>",
        der(ca_certificate())[:100],
        b"\x30\x80" * 1000,
        bundle(ca_certificate())[:-100],
        bundle(ca_certificate(), encoding=Encoding.PEM)[:-200],
        bundle(ENORMOUS),
        EMPTY_BUNDLE,
        bundle(ca_certificate()).replace(SIGNED_DATA, DATA),
        bundle(ca_certificate()).replace(b"250601000000Z", b"259901000000Z"),
    ],
    ids=[
        *("nothing", "a page", "cut DER", "levels without end", "cut bundle", "cut bundle in PEM"),
        *("only an enormous one", "no certificates", "a bundle of something else", "an impossible date"),
    ],
)
def test_an_issuer_that_can_not_be_read_is_said(fleet, served):
    fleet.has(LOST)
    fleet.server.documents |= {URL: revocation_list(), ISSUER_URL: served}
    assert fleet.verdict().why_none == "whose issuer's certificate as fetched is not one that can be read"
