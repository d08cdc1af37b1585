"""Certificates are listed in pages, and described once in their lives."""

from tests.support.linked import add_certificate
from workers.inventory.kinds import CA_CERTIFICATES, DEVICE_CERTIFICATES

DESCRIBE = "iot:DescribeCertificate"


def test_every_page_is_read(reading, server, account):
    account.page_size = 3
    assert reading.outcome(DEVICE_CERTIFICATES).resources == 7
    assert reading.keys(DEVICE_CERTIFICATES) == sorted(account.certificates)
    assert server.calls["iot:ListCertificates"] == 3


def test_what_the_listing_and_the_description_say_is_in_the_inventory(reading, account):
    reading.outcome(DEVICE_CERTIFICATES)
    [row] = {
        row[1:]
        for row in reading.rows(
            DEVICE_CERTIFICATES, "certificate_id", "status", "creation_date", "ca_certificate_id", "issuer"
        )
    }
    assert row == ("ACTIVE", 1_740_000_000_250, "ab" * 32, "CN=Test CA")


def test_a_certificate_that_the_inventory_has_is_not_described_again(reading, server, account):
    reading.outcome(DEVICE_CERTIFICATES)
    before = reading.rows(DEVICE_CERTIFICATES)
    assert server.calls[DESCRIBE] == 7
    reading.outcome(DEVICE_CERTIFICATES, since=reading.later())
    assert server.calls[DESCRIBE] == 7
    assert reading.rows(DEVICE_CERTIFICATES) == before


def test_a_status_that_changed_comes_from_the_listing(reading, server, account):
    reading.outcome(DEVICE_CERTIFICATES)
    first = next(iter(account.certificates.values()))
    first["status"] = "REVOKED"
    reading.outcome(DEVICE_CERTIFICATES, since=reading.later())
    statuses = dict(reading.rows(DEVICE_CERTIFICATES, "certificate_id", "status"))
    assert statuses[first["certificateId"]] == "REVOKED"
    assert server.calls[DESCRIBE] == 7


def test_what_was_deregistered_is_gone_from_the_inventory(reading, account):
    reading.outcome(DEVICE_CERTIFICATES)
    gone = next(iter(account.certificates))
    del account.certificates[gone]
    reading.outcome(DEVICE_CERTIFICATES, since=reading.later())
    assert gone not in reading.keys(DEVICE_CERTIFICATES)
    assert len(reading.keys(DEVICE_CERTIFICATES)) == 6


def test_what_is_deregistered_while_it_is_read_is_left_out(reading, server, account):
    gone = next(iter(account.certificates))

    def describe(given, _):
        account.certificates.pop(gone, None)
        return account.answer("DescribeCertificate", given)

    server.instead("DescribeCertificate", describe)
    assert reading.outcome(DEVICE_CERTIFICATES).resources == 6


def test_a_kind_of_which_there_is_nothing_is_listed_all_the_same(reading):
    assert reading.outcome(CA_CERTIFICATES).resources == 0
    assert reading.is_listed(CA_CERTIFICATES)
    assert not reading.is_listed(DEVICE_CERTIFICATES)


def test_a_certificate_that_can_not_be_read_has_its_validity_at_least(reading, account):
    add_certificate(account, "cd" * 32, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")
    assert reading.outcome(DEVICE_CERTIFICATES).unread == {}
    found = dict(reading.rows(DEVICE_CERTIFICATES, "certificate_id", "not_after"))
    assert found["cd" * 32] == 2_000_000_000_000


def test_a_certificate_of_an_unknown_status_is_counted_and_the_rest_is_read(reading, account):
    account.certificates[next(iter(account.certificates))]["status"] = "NEW_STATUS"
    outcome = reading.outcome(DEVICE_CERTIFICATES)
    assert outcome.resources == 6
    [(reason, count)] = outcome.unread.items()
    assert "status must be one of" in reason
    assert count == 1
