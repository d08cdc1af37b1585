"""What is fetched when, what is kept, and that an audit sees one and the same however often it asks."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from cryptography import x509

from tests.support.certificates import (
    Issuer,
    ca_issuers,
    certificate,
    crl_distribution_points,
    der,
    private_key,
)
from tests.support.revocation_lists import (
    FLEET_CA,
    IMPOSTOR,
    NOW,
    ca_certificate,
    issuing_distribution_point,
    revocation_list,
)
from tests.support.revoking_fleet import CAS, CHAINS, DEVICES, ISSUER_URL, LOST, SOURCE, URL, Fleet, revoking_fleet
from workers.judging.revocation import Chain
from workers.revocation.collecting import MOST_SOURCES
from workers.revocation.evidence import BEYOND


@pytest.fixture
def fleet(tmp_path) -> Iterator[Fleet]:
    with revoking_fleet(tmp_path) as fleet:
        yield fleet


def test_a_list_is_asked_for_once_until_its_next_update(fleet):
    fleet.has(LOST)
    fleet.has(ca_certificate(), kind="CA_CERTIFICATE")
    fleet.server.documents[URL] = revocation_list([LOST.serial_number], next_update=NOW + timedelta(hours=6))
    first = fleet.verdict()
    assert fleet.server.asked == [URL]
    fleet.clock.advance(timedelta(hours=5, minutes=59))
    assert fleet.verdict() == first
    assert fleet.server.asked == []
    fleet.clock.advance(timedelta(minutes=1))
    fleet.verdict()
    assert fleet.server.asked == [URL]


def test_what_could_not_be_had_is_asked_for_again_by_the_next_audit_and_not_by_the_same(fleet):
    fleet.has(LOST)
    fleet.has(ca_certificate(), kind="CA_CERTIFICATE")
    assert "404" in fleet.verdict().why_none
    assert "404" in fleet.verdict().why_none  # another check of the audit
    assert fleet.server.asked == []
    fleet.clock.advance(timedelta(seconds=1))
    fleet.server.documents[URL] = revocation_list()
    assert fleet.verdict().list_ids
    assert fleet.server.asked == [URL]


def test_a_list_that_is_not_its_issuers_is_not_kept_for_later(fleet):
    fleet.has(LOST)
    fleet.has(ca_certificate(), kind="CA_CERTIFICATE")
    fleet.server.documents[URL] = revocation_list(by=IMPOSTOR, next_update=NOW + timedelta(days=9000))
    assert fleet.verdict().why_none == "whose revocation list does not bear their issuer's signature"
    fleet.clock.advance(timedelta(seconds=1))
    fleet.server.documents[URL] = revocation_list([LOST.serial_number])
    [list_id] = fleet.verdict().list_ids
    assert f"{LOST.serial_number:x}" in fleet.store.revoked(list_id)


def test_an_issuer_is_fetched_only_if_it_is_not_at_hand_and_then_for_a_day(fleet):
    fleet.has(LOST)
    fleet.server.documents |= {
        URL: revocation_list(next_update=NOW + timedelta(days=30)),
        ISSUER_URL: der(ca_certificate()),
    }
    assert fleet.verdict().list_ids
    assert fleet.server.asked == [ISSUER_URL, URL]
    fleet.clock.advance(timedelta(hours=23))
    assert fleet.verdict().list_ids
    assert fleet.server.asked == []
    fleet.clock.advance(timedelta(hours=1))
    assert fleet.verdict().list_ids
    assert fleet.server.asked == [ISSUER_URL]
    fleet.has(ca_certificate(), kind="CA_CERTIFICATE")
    fleet.clock.advance(timedelta(days=2))
    assert fleet.verdict().list_ids
    assert fleet.server.asked == []


def test_an_impostor_that_serves_issuer_and_list_is_not_believed(fleet):
    fleet.has(LOST)
    fleet.server.documents |= {URL: revocation_list(by=IMPOSTOR), ISSUER_URL: der(ca_certificate(IMPOSTOR))}
    why = fleet.verdict().why_none
    assert why == "whose issuer's certificate as fetched is not the one that signed them"


def test_evidence_stays_what_it_was_when_the_list_changes(fleet):
    fleet.has(LOST)
    fleet.has(ca_certificate(), kind="CA_CERTIFICATE")
    fleet.server.documents[URL] = revocation_list([LOST.serial_number])
    evidence_id = fleet.collect()
    fleet.server.documents[URL] = revocation_list()
    fleet.clock.advance(timedelta(days=2))
    assert fleet.collect() != evidence_id
    then = fleet.revocations(evidence_id)
    [list_id] = then.lists_of(SOURCE).list_ids
    assert f"{LOST.serial_number:x}" in then.revoked(list_id)


def test_nothing_is_collected_for_an_audit_that_is_over(fleet):
    fleet.has(LOST)
    assert fleet.collect(is_wanted=lambda: False) is None
    assert fleet.server.asked == []


def test_a_stranger_can_not_make_one_audit_ask_for_ever(fleet):
    urls = [f"http://{number}.example.com/" for number in range(MOST_SOURCES + 5)]
    strange = [certificate(url, issuer=FLEET_CA, extensions=[crl_distribution_points(url)]) for url in urls]
    fleet.has(*strange)
    fleet.has(LOST, certificate("lost-2", issuer=FLEET_CA, extensions=LOST_EXTENSIONS))
    fleet.has(ca_certificate(), kind="CA_CERTIFICATE")
    fleet.server.documents[URL] = revocation_list()
    assert fleet.verdict().list_ids, "what most certificates need comes first"
    assert len(fleet.server.asked) == MOST_SOURCES
    revocations = fleet.revocations(fleet.collect())
    unasked = [
        url
        for url in urls
        if revocations.lists_of(SOURCE._replace(crl_urls=f'["{url}"]', ca_issuer_urls="[]")).why_none == BEYOND
    ]
    assert len(unasked) == 6


LOST_EXTENSIONS = [crl_distribution_points(URL), ca_issuers(ISSUER_URL)]


def test_two_cas_that_signed_each_other_are_no_endless_chain(fleet):
    left, right = (Issuer(f"Ring {n}", private_key(number=3_000_000 + n)) for n in range(2))
    fleet.has(ca_certificate(left, by=right), ca_certificate(right, by=left), kind="CA_CERTIFICATE")
    fleet.has(certificate("device", issuer=left))
    evidence_id = fleet.collect(CHAINS)
    [(_, chain)] = fleet.store.evidence(evidence_id).chains
    assert chain.why_broken == "under more than 8 issuers"


def test_a_certificate_that_the_root_signed_has_no_chain(fleet):
    fleet.has(LOST)
    fleet.has(ca_certificate(), kind="CA_CERTIFICATE")
    assert fleet.revocations(fleet.collect(CHAINS)).chain_of(SOURCE) == Chain()
    assert fleet.server.asked == []


def test_a_list_of_ca_certificates_only_says_nothing_of_devices(fleet):
    fleet.has(LOST)
    fleet.has(ca_certificate(), kind="CA_CERTIFICATE")
    fleet.has(
        ca_certificate(Issuer("Below", private_key(number=9)), by=FLEET_CA, extensions=LOST_EXTENSIONS),
        kind="CA_CERTIFICATE",
    )
    fleet.server.documents[URL] = revocation_list(
        extensions=[issuing_distribution_point(only_contains_ca_certs=True)]
    )
    assert fleet.verdict(DEVICES).why_none == "whose revocation list is about other kinds of certificates"
    assert fleet.verdict(CAS).list_ids


def test_a_certificate_whose_issuer_has_a_broken_name_keeps_nobody_else_from_being_judged(fleet):
    broken = x509.load_der_x509_certificate(der(STRANGE).replace(b"\x0c\x0aStrange CA", b"\x0d\x0aStrange CA"))
    with pytest.raises(ValueError, match="parsing"):
        broken.issuer  # noqa: B018 - that it can't be read is the point
    fleet.has(LOST, broken)
    fleet.has(ca_certificate(), kind="CA_CERTIFICATE")
    fleet.server.documents[URL] = revocation_list()
    assert fleet.verdict().list_ids


STRANGE = certificate(
    "strange",
    issuer=Issuer("Strange CA", private_key(number=77)),
    extensions=[crl_distribution_points(URL), ca_issuers(ISSUER_URL)],
)
