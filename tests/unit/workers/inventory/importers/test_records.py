from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.vocabulary import AccountId
from tests.support.certificates import certificate, certificate_id, der, pem
from tests.support.given import ACCOUNT
from workers.inventory.importers.records import LONGEST_POLICY_DOCUMENT, read_record
from workers.inventory.importers.rejection import RecordRejected
from workers.inventory.kinds import CA_CERTIFICATES, DEVICE_CERTIFICATES, IOT_POLICIES, KINDS, LOGGING_OPTIONS

DEVICE = certificate("device-1")
ID = certificate_id(DEVICE)
OTHER_ID = "a" * 64
CREATED = 1767225600123

DESCRIBED = {
    "certificateArn": f"arn:aws:iot:us-east-1:000000000000:cert/{ID}",
    "certificateId": ID,
    "caCertificateId": OTHER_ID.upper(),
    "status": "ACTIVE",
    "certificatePem": pem(DEVICE),
    "ownedBy": "000000000000",
    "creationDate": CREATED / 1000,
    "lastModifiedDate": CREATED / 1000,
    "customerVersion": 1,
    "generationId": "b8f1",
    "validity": {"notBefore": 1.0, "notAfter": 2.0},
    "certificateMode": "DEFAULT",
}
WITHOUT_PEM = {
    "resourceType": "DEVICE_CERTIFICATE",
    "certificateId": OTHER_ID,
    "status": "ACTIVE",
    "notAfter": "2026-01-31T00:00:00Z",
}
POLICY = {
    "resourceType": "IOT_POLICY",
    "policyName": "Publish",
    "policyVersionId": "3",
    "isDefaultVersion": True,
    "policyDocument": '{"Version": "2012-10-17"}',
}
SETTINGS: dict[str, Any] = {
    "resourceType": "ACCOUNT_SETTINGS",
    "loggingOptions": {"roleArn": "arn:aws:iam::000000000000:role/one", "logLevel": "ERROR"},
    "v2LoggingOptions": {
        "roleArn": "arn:aws:iam::000000000000:role/two",
        "defaultLogLevel": "INFO",
        "disableAllLogs": False,
    },
}


def rejection(record, account=ACCOUNT):
    with pytest.raises(RecordRejected) as rejected:
        read_record(record, account)
    return str(rejected.value)


def without(record, *names):
    return {name: value for name, value in record.items() if name not in names}


class TestCertificates:
    @pytest.mark.parametrize("nested", [True, False], ids=["whole output", "description alone"])
    def test_a_described_device_certificate_becomes_a_row(self, nested):
        described = {"certificateDescription": DESCRIBED} if nested else DESCRIBED
        record = read_record({"resourceType": "DEVICE_CERTIFICATE", **described})
        assert record.kind is DEVICE_CERTIFICATES
        assert record.der == der(DEVICE)
        assert record.values["certificate_id"] == ID
        assert record.values["status"] == "ACTIVE"
        assert record.values["creation_date"] == CREATED
        assert record.values["ca_certificate_id"] == OTHER_ID
        assert record.values["not_after"] == 2064268800000, "the certificate knows better than its description"

    def test_a_described_ca_certificate_becomes_a_row(self):
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

    def test_without_a_creation_date_it_counts_from_the_beginning_of_its_validity(self):
        record = read_record({"resourceType": "DEVICE_CERTIFICATE", **without(DESCRIBED, "creationDate")})
        assert record.values["creation_date"] == record.values["not_before"] == 1748736000000

    def test_without_its_certificate_what_is_told_is_taken_and_the_rest_is_unknown(self):
        record = read_record(WITHOUT_PEM)
        assert record.der is None
        assert record.values["not_after"] == 1769817600000
        assert record.values["key_algorithm"] == "UNKNOWN"
        unknown = ("creation_date", "not_before", "key_size", "is_roca", "modulus_fingerprint", "subject_key_id")
        assert [record.values[name] for name in unknown] == [None] * 6

    def test_validity_is_where_aws_has_it(self):
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
    def test_what_is_wrong_is_named(self, change, reason):
        assert reason in rejection({"resourceType": "DEVICE_CERTIFICATE", **DESCRIBED, **change})

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"certificateId": None}, "certificateId is missing, and so is certificatePem"),
            ({"notAfter": None}, "validity.notAfter is missing, and so is certificatePem"),
            ({"validity": 3}, "validity must be an object"),
        ],
    )
    def test_without_its_certificate_some_members_are_needed(self, change, reason):
        assert reason in rejection({**WITHOUT_PEM, **change})

    def test_a_ca_certificate_has_fewer_statuses(self):
        assert "must be one of ACTIVE, INACTIVE" in rejection(
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
    def test_a_time_is_written_in_many_ways(self, written, milliseconds):
        assert read_record({**WITHOUT_PEM, "creationDate": written}).values["creation_date"] == milliseconds

    @pytest.mark.parametrize("written", ["", "tomorrow", True, [], {}, 1e300, -1e300, 10**30, "9999-13-01"])
    def test_what_is_no_time_is_rejected(self, written):
        assert "notAfter must be a time" in rejection({**WITHOUT_PEM, "notAfter": written})


class TestPolicies:
    def test_a_version_of_a_policy_becomes_a_row(self):
        record = read_record(POLICY)
        assert record.kind is IOT_POLICIES
        assert record.values == {
            "policy_version": "Publish:3",
            "policy_name": "Publish",
            "policy_version_id": "3",
            "is_default_version": 1,
            "document": '{"Version": "2012-10-17"}',
        }

    def test_a_policy_without_its_version_is_its_default_version(self):
        got = without(POLICY, "policyVersionId", "isDefaultVersion") | {"defaultVersionId": "4"}
        values = read_record(got).values
        assert (values["policy_version_id"], values["is_default_version"]) == ("4", 1)

    @pytest.mark.parametrize(
        ("members", "is_default"),
        [
            ({"isDefaultVersion": False}, 0),
            ({}, 1),
            ({"defaultVersionId": "3"}, 1),
            ({"defaultVersionId": "4"}, 0),
        ],
    )
    def test_a_version_is_the_default_unless_something_says_otherwise(self, members, is_default):
        record = without(POLICY, "isDefaultVersion") | members
        assert read_record(record).values["is_default_version"] == is_default

    def test_a_document_may_be_an_object(self):
        document = {"Version": "2012-10-17", "Statement": []}
        values = read_record({**POLICY, "policyDocument": document}).values
        assert orjson.loads(values["document"]) == document

    def test_whether_a_document_is_a_policy_is_for_the_checks_to_say(self):
        assert read_record({**POLICY, "policyDocument": "not JSON"}).values["document"] == "not JSON"

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"policyName": None}, "policyName is missing"),
            ({"policyName": "a/b"}, "policyName must be 1 to 128"),
            ({"policyName": "a" * 129}, "policyName must be 1 to 128"),
            ({"policyVersionId": None}, "policyVersionId is missing, and so is defaultVersionId"),
            ({"policyVersionId": 3}, "policyVersionId must be a number in a string"),
            ({"policyVersionId": "v3"}, "policyVersionId must be a number in a string"),
            ({"isDefaultVersion": "true"}, "isDefaultVersion must be true or false"),
            ({"policyDocument": None}, "policyDocument is missing"),
            ({"policyDocument": []}, "policyDocument must be an object or a string"),
            ({"policyDocument": "\0"}, "policyDocument must be an object or a string"),
            ({"policyDocument": " " * (LONGEST_POLICY_DOCUMENT + 1)}, "policyDocument is longer than 404,600"),
        ],
    )
    def test_what_is_wrong_is_named(self, change, reason):
        assert reason in rejection({**POLICY, **change})


class TestAccountSettings:
    def test_the_logging_options_of_both_generations_become_a_row(self):
        record = read_record(SETTINGS, ACCOUNT)
        assert record.kind is LOGGING_OPTIONS
        assert record.values == {
            "settings_of": ACCOUNT,
            "log_level": "ERROR",
            "role_arn": "arn:aws:iam::000000000000:role/one",
            "default_log_level": "INFO",
            "disable_all_logs": 0,
            "v2_role_arn": "arn:aws:iam::000000000000:role/two",
        }

    def test_one_generation_is_enough(self):
        values = read_record(without(SETTINGS, "v2LoggingOptions"), ACCOUNT).values
        assert (values["log_level"], values["default_log_level"], values["disable_all_logs"]) == (
            "ERROR",
            None,
            None,
        )

    def test_the_members_of_one_output_may_stand_by_themselves(self):
        v1 = read_record({"resourceType": "ACCOUNT_SETTINGS", **SETTINGS["loggingOptions"]}, ACCOUNT).values
        assert (v1["log_level"], v1["role_arn"], v1["v2_role_arn"]) == (
            "ERROR",
            "arn:aws:iam::000000000000:role/one",
            None,
        )
        v2 = read_record({"resourceType": "ACCOUNT_SETTINGS", **SETTINGS["v2LoggingOptions"]}, ACCOUNT).values
        assert (v2["default_log_level"], v2["disable_all_logs"], v2["role_arn"]) == ("INFO", 0, None)

    def test_the_account_is_named_by_the_record_or_by_whoever_reads_it(self):
        named = {**SETTINGS, "account": "111111111111"}
        assert read_record(named).values["settings_of"] == "111111111111"
        assert read_record(named, AccountId("111111111111")).values["settings_of"] == "111111111111"
        assert rejection(named) == "account is 111111111111, and this is the inventory of 000000000000"
        assert rejection(SETTINGS, None) == "account is missing"

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"loggingOptions": {"logLevel": "LOUD"}}, "logLevel must be one of DEBUG"),
            ({"loggingOptions": 3}, "loggingOptions must be an object"),
            ({"v2LoggingOptions": {"disableAllLogs": 0}}, "disableAllLogs must be true or false"),
            ({"account": "12"}, "account must be 12 digits"),
            ({"loggingOptions": None, "v2LoggingOptions": None}, "loggingOptions and v2LoggingOptions are both"),
        ],
    )
    def test_what_is_wrong_is_named(self, change, reason):
        assert reason in rejection({**SETTINGS, **change})


@pytest.mark.parametrize("resource_type", [None, "ROLE_ALIAS", 3, {}])
def test_a_record_says_what_it_is_of(resource_type):
    assert "resourceType" in rejection({"resourceType": resource_type})


members = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.dictionaries(st.text(), st.text())
)
names = st.sampled_from(
    sorted({*DESCRIBED, *POLICY, *SETTINGS, "notAfter", "notBefore", "certificateDescription", "account"})
)


@given(
    st.sampled_from(["DEVICE_CERTIFICATE", "CA_CERTIFICATE", "IOT_POLICY", "ACCOUNT_SETTINGS"]),
    st.sampled_from([DESCRIBED, WITHOUT_PEM, POLICY, SETTINGS]),
    st.dictionaries(names, members),
)
def test_any_record_is_a_row_or_a_rejection(resource_type, sound, changes):
    try:
        record = read_record({**sound, **changes, "resourceType": resource_type}, ACCOUNT)
    except RecordRejected:
        return
    assert record.kind in KINDS
    assert record.kind.columns.keys() <= record.values.keys()
