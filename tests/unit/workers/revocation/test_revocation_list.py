"""Which lists are believed, and what is read from them."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ObjectIdentifier
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.certificates import Issuer, certificate, private_key
from tests.support.revocation_lists import (
    IMPOSTOR,
    NOW,
    OTHER_CA,
    ca_certificate,
    issuing_distribution_point,
    revocation_list,
)
from workers.judging.revoked_serials import NUMBERS_A_STRETCH, RevokedSerials, serial_number_hex
from workers.revocation.failure import Unusable
from workers.revocation.revocation_list import RevocationList, Wanted

URL = "http://crl.example.com/fleet.crl"
OF_DEVICES = Wanted(is_ca=False, urls=frozenset({URL}), now=NOW)
OF_CAS = Wanted(is_ca=True, urls=frozenset({URL}), now=NOW)
GOOD = revocation_list(range(1, 50))


def read(encoded: bytes, wanted: Wanted = OF_DEVICES) -> RevocationList:
    found = RevocationList(encoded)
    found.require_signed_by([ca_certificate()])
    found.require_usable(wanted)
    return found


def test_what_is_on_a_list_is_found_and_nothing_else():
    revoked = read(revocation_list([1, 0x80, 0xFF00, 2**159 - 1])).revoked
    assert len(revoked) == 4
    assert all(serial_number_hex(number) in revoked for number in (1, 0x80, 0xFF00, 2**159 - 1))
    assert not any(serial_number_hex(number) in revoked for number in (2, 0x8000, 0xFF, 2**159 - 2, 2**200))


def test_a_list_without_entries_is_one():
    assert len(read(revocation_list()).revoked) == 0


def test_a_list_may_be_in_pem():
    pem = x509.load_der_x509_crl(revocation_list([7]))
    assert "7" in read(pem.public_bytes(Encoding.PEM)).revoked


def name(url: str) -> list[x509.GeneralName]:
    return [x509.UniformResourceIdentifier(url)]


UNKNOWN_EXTENSION = x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4"), b"\x05\x00")
INDIRECT_ENTRY = x509.CertificateIssuer([x509.DirectoryName(ca_certificate(OTHER_CA).subject)])


@pytest.mark.parametrize(
    ("encoded", "why"),
    [
        (b"", "is not a list that can be read"),
        (b"<html>404</html>", "is not a list that can be read"),
        (GOOD[: len(GOOD) // 2], "is not a list that can be read"),
        (revocation_list(next_update=NOW - timedelta(seconds=1)), "has expired"),
        (revocation_list(this_update=NOW + timedelta(hours=1)), "is of the future"),
        (revocation_list(by=OTHER_CA), "is issued by someone else than their issuer"),
        (revocation_list(by=IMPOSTOR), "does not bear their issuer's signature"),
        (GOOD[:-1] + bytes([GOOD[-1] ^ 1]), "does not bear their issuer's signature"),
        (
            revocation_list(extensions=[(x509.DeltaCRLIndicator(1), True)]),
            "is a delta CRL, which is not supported",
        ),
        (
            revocation_list(extensions=[(x509.DeltaCRLIndicator(1), False)]),
            "is a delta CRL, which is not supported",
        ),
        (
            revocation_list(extensions=[issuing_distribution_point(indirect_crl=True)]),
            "is an indirect CRL, which is not supported",
        ),
        (revocation_list([1], of_entries=[(INDIRECT_ENTRY, True)]), "is an indirect CRL, which is not supported"),
        (revocation_list(extensions=[(UNKNOWN_EXTENSION, True)]), "has a critical extension that is not known"),
        (
            revocation_list([1], of_entries=[(UNKNOWN_EXTENSION, True)]),
            "has a critical extension that is not known",
        ),
        (
            revocation_list(
                extensions=[
                    issuing_distribution_point(only_some_reasons=frozenset({x509.ReasonFlags.key_compromise}))
                ]
            ),
            "is limited to some reasons, which is not supported",
        ),
        (
            revocation_list(extensions=[issuing_distribution_point(only_contains_ca_certs=True)]),
            "is about other kinds of certificates",
        ),
        (
            revocation_list(extensions=[issuing_distribution_point(only_contains_attribute_certs=True)]),
            "is about other kinds of certificates",
        ),
        (
            revocation_list(extensions=[issuing_distribution_point(full_name=name("http://crl.example.com/2"))]),
            "is that of another distribution point",
        ),
    ],
)
def test_a_list_that_can_not_be_relied_on_says_why(encoded, why):
    with pytest.raises(Unusable) as raised:
        len(read(encoded).revoked)
    assert str(raised.value) == why


def test_a_list_of_user_certificates_says_nothing_of_a_ca():
    encoded = revocation_list(extensions=[issuing_distribution_point(only_contains_user_certs=True)])
    assert read(encoded, OF_DEVICES)
    with pytest.raises(Unusable, match="other kinds"):
        read(encoded, OF_CAS)


def test_a_list_that_names_the_distribution_point_is_the_right_one():
    assert read(revocation_list(extensions=[issuing_distribution_point(full_name=name(URL))]))


def test_extensions_that_limit_nothing_do_no_harm():
    extensions = [(x509.CRLNumber(7), False), (UNKNOWN_EXTENSION, False)]
    entries = [(x509.CRLReason(x509.ReasonFlags.certificate_hold), False), (UNKNOWN_EXTENSION, False)]
    assert "1" in read(revocation_list([1], extensions=extensions, of_entries=entries)).revoked


def test_a_list_holds_up_to_and_including_its_end():
    assert read(revocation_list(next_update=NOW))


def test_an_issuer_whose_key_is_not_for_lists_signs_none():
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    with pytest.raises(Unusable, match="signature"):
        RevocationList(GOOD).require_signed_by([ca_certificate(extensions=[usage])])


def test_of_issuers_with_one_name_the_one_that_signed_it_does():
    RevocationList(GOOD).require_signed_by([ca_certificate(IMPOSTOR), ca_certificate()])


def test_an_issuer_with_a_key_that_signs_nothing_is_no_crash():
    broken = certificate("Fleet CA", issuer=Issuer("Fleet CA", private_key(number=3)))
    with pytest.raises(Unusable, match="signature"):
        RevocationList(GOOD).require_signed_by([broken])


def test_serial_numbers_are_packed_as_wide_as_the_longest_and_no_wider_than_bearable():
    assert RevokedSerials.of(["1", "ffff"]).width == 2
    with pytest.raises(ValueError, match="65 bytes"):
        RevokedSerials.of(["1" + "0" * 128])


@given(st.binary(max_size=200))
def test_bytes_are_a_list_or_unusable_and_nothing_else(encoded):
    with pytest.raises(Unusable):
        read(encoded)


@pytest.mark.parametrize("difference", [1, 2, 0x20, 0x80])
def test_whichever_byte_is_changed_nothing_else_is_believed(difference):
    for at in range(len(GOOD)):
        require_nothing_new(GOOD[:at] + bytes([GOOD[at] ^ difference]) + GOOD[at + 1 :])


@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255), st.integers(0, 4))
def test_a_list_with_bytes_changed_and_lost_is_never_believed(at, difference, cut):
    require_nothing_new(GOOD[:at] + bytes([GOOD[at] ^ difference]) + GOOD[at + 1 + cut :])


def require_nothing_new(changed: bytes) -> None:
    """A byte beside what is signed, such as the signature's count of unused bits, may make no difference."""
    try:
        found = read(changed)
        revoked = found.revoked
    except Unusable:
        return
    original = read(GOOD)
    assert (revoked, found.valid_until) == (original.revoked, original.valid_until)


@given(st.sets(st.integers(1, 2**160)) | st.sets(st.integers(0x100, 0x1FFF), min_size=2 * NUMBERS_A_STRETCH))
@example({0x100, 0x101, 0x0200})  # 01 00 01 01 02 00: 00 01 and 01 02 stand there, and are no numbers of it
def test_packed_numbers_are_the_set_that_they_were_made_of(numbers):
    packed = RevokedSerials.of(serial_number_hex(number) for number in numbers)
    assert len(packed) == len(numbers)
    assert all(serial_number_hex(number) in packed for number in numbers)
    others = {
        near for number in numbers for near in (number - 1, number + 1, number // 256, number << 8)
    } - numbers
    assert not [number for number in others if serial_number_hex(number) in packed]
