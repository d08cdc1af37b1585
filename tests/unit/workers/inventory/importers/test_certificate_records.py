from datetime import UTC, datetime

import pytest

from tests.support.certificates import der, pem
from tests.support.described_records import (
    CREATED,
    DESCRIBED,
    DEVICE,
    ID,
    OTHER_ID,
    WITHOUT_PEM,
    rejection_of,
    without,
)
from workers.inventory.importers.records import read_record
from workers.inventory.kinds import CA_CERTIFICATES, DEVICE_CERTIFICATES


@pytest.mark.parametrize("nested", [True, False], ids=["whole output", "description alone"])
def test_a_described_device_certificate_becomes_a_row(nested):
    described = {"certificateDescription": DESCRIBED} if nested else DESCRIBED
    record = read_record({"resourceType": "DEVICE_CERTIFICATE", **described})
    assert record.kind is DEVICE_CERTIFICATES
    assert record.der == der(DEVICE)
    assert record.values["certificate_id"] == ID
    assert record.values["status"] == "ACTIVE"
    assert record.values["creation_date"] == CREATED
    assert record.values["ca_certificate_id"] == OTHER_ID
    assert record.values["not_after"] == 2064268800000, "the certificate knows better than its description"


def test_a_described_ca_certificate_becomes_a_row():
    described = without(DESCRIBED, "caCertificateId") | {"autoRegistrationStatus": "ENABLE"}
    record = read_record(
        {
            "resourceType": "CA_CERTIFICATE",
            "certificateDescription": described,
            "registrationConfig": {"roleArn": "arn:aws:iam::000000000000:role/r"},
        }
    )
    assert record.kind is CA_CERTIFICATES
    assert record.values["certificate_id"] == ID


def test_without_a_creation_date_it_counts_from_the_beginning_of_its_validity():
    record = read_record({"resourceType": "DEVICE_CERTIFICATE", **without(DESCRIBED, "creationDate")})
    assert record.values["creation_date"] == record.values["not_before"] == 1748736000000


def test_without_its_certificate_what_is_told_is_taken_and_the_rest_is_unknown():
    record = read_record(WITHOUT_PEM)
    assert record.der is None
    assert record.values["not_after"] == 1769817600000
    assert record.values["key_algorithm"] == "UNKNOWN"
    unknown = ("creation_date", "not_before", "key_size", "is_roca", "modulus_fingerprint", "subject_key_id")
    assert [record.values[name] for name in unknown] == [None] * 6


def test_validity_is_where_aws_has_it():
    record = read_record(without(WITHOUT_PEM, "notAfter") | {"validity": {"notBefore": 1, "notAfter": 2.5}})
    assert (record.values["not_before"], record.values["not_after"]) == (1000, 2500)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": None}, "status is missing"),
        ({"status": "SLEEPING"}, "status must be one of ACTIVE, INACTIVE"),
        ({"status": ["ACTIVE"]}, "status must be one of"),
        ({"certificateId": OTHER_ID}, "certificateId is not the SHA-256 of certificatePem"),
        ({"certificateId": "c1"}, "certificateId must be 64 hex digits"),
        ({"caCertificateId": "c1"}, "caCertificateId must be 64 hex digits"),
        ({"certificatePem": 7}, "certificatePem must be a string"),
        ({"certificatePem": "garbage"}, "certificatePem: holds 0 certificates"),
        ({"certificatePem": pem(DEVICE)[:100]}, "certificatePem: the CERTIFICATE block has no end"),
        (
            {"certificatePem": "-----BEGIN CERTIFICATE-----\nMAMCAQU=\n-----END CERTIFICATE-----"},
            "certificatePem: not a certificate that can be read",
        ),
        ({"creationDate": "yesterday"}, "creationDate must be a time"),
        ({"certificateDescription": "DEVICE"}, "certificateDescription must be an object"),
    ],
)
def test_what_is_wrong_is_named(change, reason):
    assert reason in rejection_of({"resourceType": "DEVICE_CERTIFICATE", **DESCRIBED, **change})


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"certificateId": None}, "certificateId is missing, and so is certificatePem"),
        ({"notAfter": None}, "validity.notAfter is missing, and so is certificatePem"),
        ({"validity": 3}, "validity must be an object"),
    ],
)
def test_without_its_certificate_some_members_are_needed(change, reason):
    assert reason in rejection_of({**WITHOUT_PEM, **change})


def test_a_ca_certificate_has_fewer_statuses():
    assert "must be one of ACTIVE, INACTIVE" in rejection_of(
        {"resourceType": "CA_CERTIFICATE", **DESCRIBED, "status": "PENDING_TRANSFER"}
    )


@pytest.mark.parametrize(
    ("written", "milliseconds"),
    [
        (1767225600, 1767225600000),
        (1767225600.1234, 1767225600123),
        ("2026-01-01T00:00:00Z", 1767225600000),
        ("2026-01-01T01:00:00.123000+01:00", 1767225600123),
        ("2026-01-01T00:00:00", 1767225600000),
        (datetime(2026, 1, 1, tzinfo=UTC), 1767225600000),
        (-1, -1000),
    ],
)
def test_a_time_is_written_in_many_ways(written, milliseconds):
    assert read_record({**WITHOUT_PEM, "creationDate": written}).values["creation_date"] == milliseconds


@pytest.mark.parametrize("written", ["", "tomorrow", True, [], {}, 1e300, -1e300, 10**30, "9999-13-01"])
def test_what_is_no_time_is_rejected(written):
    assert "notAfter must be a time" in rejection_of({**WITHOUT_PEM, "notAfter": written})
