import hashlib
import json
import warnings
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.certificates import (
    Issuer,
    KeyType,
    ca_issuers,
    certificate,
    certificate_id,
    crl_distribution_points,
    der,
    private_key,
    public_key,
    rsa_public_key,
)
from tests.support.published_weak_keys import DEBIAN_WEAK_MODULUS, ROCA_MODULUS
from workers.inventory.certificate_facts import (
    LONGEST_CERTIFICATE,
    CertificateRejected,
    facts_of,
    tolerated_irregularities,
)

SERIAL_NUMBER = 0x1122334455
NOT_BEFORE = datetime(2025, 6, 1, tzinfo=UTC)
NOT_AFTER = datetime(2035, 6, 1, 12, 30, 59, tzinfo=UTC)
END_OF_TIME = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
URLS = ("http://crl.example/1", "http://crl.example/2")

SOUND = der(
    certificate(
        serial_number=SERIAL_NUMBER,
        not_before=NOT_BEFORE,
        not_after=NOT_AFTER,
        extensions=[crl_distribution_points(*URLS), ca_issuers("http://ca.example/ca.der")],
    )
)
RSA = der(certificate(key=public_key(KeyType.RSA_2048)))

EC_KEY = bytes.fromhex("06072a8648ce3d0201")
P256 = bytes.fromhex("06082a8648ce3d030107")


def broken(old: bytes, new: bytes, sound: bytes = SOUND) -> bytes:
    """A certificate in which some bytes are others. Its signature no longer holds, which nobody checks here."""
    assert len(old) == len(new)
    assert old in sound
    return sound.replace(old, new, 1)


def test_everything_that_a_certificate_says_becomes_a_fact():
    facts = facts_of(SOUND)
    key = public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert facts.certificate_id == hashlib.sha256(SOUND).hexdigest()
    assert (facts.not_before, facts.not_after) == (1748736000000, 2064313859000)
    assert (facts.subject, facts.issuer) == ("CN=device-1", "CN=Test CA")
    assert facts.serial_number == "1122334455"
    assert (facts.key_algorithm, facts.key_size) == ("EC", 256)
    assert facts.signature_algorithm == "1.2.840.10045.4.3.2"
    assert facts.public_key_sha256 == hashlib.sha256(key).hexdigest()
    assert (facts.is_roca, facts.modulus_fingerprint) == (0, None)
    assert facts.subject_key_id is not None
    assert facts.authority_key_id is not None
    assert json.loads(facts.crl_urls) == list(URLS)
    assert json.loads(facts.ca_issuer_urls) == ["http://ca.example/ca.der"]
    assert facts.is_ca is False


@pytest.mark.parametrize(
    ("key_type", "algorithm", "size"),
    [
        (KeyType.RSA_2048, "RSA", 2048),
        (KeyType.RSA_4096, "RSA", 4096),
        (KeyType.EC_P256, "EC", 256),
        (KeyType.EC_P384, "EC", 384),
        (KeyType.ED25519, "ED25519", None),
    ],
)
def test_keys_have_an_algorithm_and_a_size(key_type, algorithm, size):
    facts = facts_of(der(certificate(key=public_key(key_type))))
    assert (facts.key_algorithm, facts.key_size, facts.is_roca) == (algorithm, size, 0)


def test_the_issuer_is_each_certificates_own():
    others = Issuer("Another CA", private_key(number=2))
    assert [facts_of(der(certificate(issuer=each))).issuer for each in (None, others, None, others)] == [
        "CN=Test CA",
        "CN=Another CA",
        "CN=Test CA",
        "CN=Another CA",
    ]


def test_a_published_roca_key_is_known_for_one():
    facts = facts_of(der(certificate(key=rsa_public_key(ROCA_MODULUS))))
    assert facts.is_roca == 1


def test_a_modulus_has_the_fingerprint_that_openssl_blacklist_lists():
    # Worked out by `openssl x509 -noout -modulus | sha1sum`, of which the lists keep the last 20 digits.
    facts = facts_of(der(certificate(key=rsa_public_key(DEBIAN_WEAK_MODULUS))))
    assert (facts.modulus_fingerprint, facts.is_roca) == ("b7ead9492dfd921fc4f9", 0)


def test_basic_constraints_make_a_ca():
    assert facts_of(der(certificate(is_ca=True))).is_ca


def test_a_serial_number_is_hex_without_its_sign():
    assert facts_of(der(certificate(serial_number=0xFF01))).serial_number == "ff01"
    assert facts_of(der(certificate(serial_number=5))).serial_number == "05"


def test_a_validity_to_the_end_of_time_and_a_reversed_one_are_taken_as_they_are():
    assert facts_of(der(certificate(not_after=END_OF_TIME))).not_after == 253402300799000
    reversed_ = facts_of(broken(b"250601000000Z", b"490601000000Z"))
    assert (reversed_.not_before, reversed_.not_after) == (2506118400000, 2064313859000)


def test_a_negative_serial_number_is_tolerated():
    negative = broken(b"\x02\x05\x11\x22\x33\x44\x55", b"\x02\x05\xff\x22\x33\x44\x55")
    with tolerated_irregularities():
        facts = facts_of(negative)
    assert (facts.serial_number, facts.subject) == ("ff22334455", "CN=device-1")


def test_where_warnings_are_errors_it_is_rejected_and_nothing_worse():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(CertificateRejected, match="serial number"):
            facts_of(broken(b"\x02\x05\x11\x22\x33\x44\x55", b"\x02\x05\xff\x22\x33\x44\x55"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(EC_KEY, bytes.fromhex("06072a8648ce3d0209"), id="an algorithm that nobody knows"),
        pytest.param(P256, bytes.fromhex("06082a8648ce3d03010f"), id="a curve that nobody knows"),
    ],
)
def test_a_key_that_is_not_known_leaves_the_rest_of_the_facts(old, new):
    facts = facts_of(broken(old, new))
    assert (facts.key_size, facts.is_roca) == (None, 0)
    assert facts.key_algorithm in ("EC", "1.2.840.10045.2.9")
    assert facts.public_key_sha256 != facts_of(SOUND).public_key_sha256
    assert json.loads(facts.crl_urls) == list(URLS)


def test_an_rsa_key_that_can_not_be_read_is_unknown_and_not_sound():
    facts = facts_of(broken(b"\x02\x03\x01\x00\x01", b"\x02\x03\x01\x00\x02", RSA))
    assert (facts.key_algorithm, facts.key_size, facts.is_roca) == ("RSA", None, None)
    assert facts.modulus_fingerprint is None
    assert facts.not_after > 0


def test_extensions_that_can_not_be_read_leave_the_rest_of_the_facts():
    facts = facts_of(broken(bytes.fromhex("0603551d13"), bytes.fromhex("0603551d0e")))  # one twice
    assert (facts.subject_key_id, facts.crl_urls, facts.is_ca) == (None, "[]", False)
    assert (facts.subject, facts.key_algorithm) == ("CN=device-1", "EC")


def test_a_subject_that_can_not_be_read_is_empty():
    facts = facts_of(broken(b"\x0c\x08device-1", b"\x0c\x08\xff\xff\xff\xff\xff\xff\xff\xff"))
    assert (facts.subject, facts.issuer) == ("", "CN=Test CA")


@pytest.mark.parametrize(
    ("encoding", "reason"),
    [
        pytest.param(b"", "can be read", id="nothing"),
        pytest.param(b"\x30\x03\x02\x01\x05", "can be read", id="something else in DER"),
        pytest.param(SOUND[:-1], "can be read", id="one that is cut short"),
        pytest.param(SOUND + b"x", "can be read", id="one with something behind it"),
        pytest.param(broken(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x05"), "version", id="version 6"),
        pytest.param(broken(b"250601000000Z", b"251301000000Z"), "not_before", id="a 13th month"),
        pytest.param(broken(b"250601000000Z", b"25garbage000Z"), "not_before", id="no time"),
        pytest.param(
            broken(
                b"99991231235959Z",
                b"00000101000000Z",
                der(certificate(not_after=END_OF_TIME)),
            ),
            "year 0",
            id="the year 0",
        ),
        pytest.param(b"\x30" * (LONGEST_CERTIFICATE + 1), "65,536", id="one that is too long"),
    ],
)
def test_what_can_not_be_read_at_all_is_rejected_with_a_reason(encoding, reason):
    with pytest.raises(CertificateRejected, match=reason):
        facts_of(encoding)


@settings(max_examples=400, deadline=None)
@given(
    sound=st.sampled_from([SOUND, RSA]),
    changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=4)), max_size=4),
    cut=st.floats(0.5, 1),
)
def test_no_damage_to_a_certificate_is_more_than_a_rejection(sound, changes, cut):
    damaged = bytearray(sound)
    for where, what in changes:
        at = int(where * len(damaged))
        damaged[at : at + len(what)] = what
    try:
        facts = facts_of(bytes(damaged[: int(cut * len(damaged))]))
    except CertificateRejected:
        return
    assert len(facts.certificate_id) == 64


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_nor_are_any_bytes_at_all(encoding):
    with pytest.raises(CertificateRejected):
        facts_of(encoding)


def test_an_id_is_as_aws_has_it():
    made = certificate("device-9")
    assert facts_of(der(made)).certificate_id == certificate_id(made)
