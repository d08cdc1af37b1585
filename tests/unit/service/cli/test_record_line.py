from typing import Any

import orjson
import pytest

from events.vocabulary import AccountId
from service.cli.record_line import record_line
from tests.support.certificates import certificate, certificate_id, der, pem
from tests.support.described_roles import IDENTITY_POOL, MANAGED_ARN, ROLE, ROLE_ALIAS, ROLE_ARN
from workers.inventory.importers.certificate_files import record_of_certificate
from workers.inventory.importers.records import READERS, read_record

ACCOUNT = AccountId("123456789012")
DEVICE = certificate("device-1")

RECORDS: dict[str, dict[str, Any]] = {
    "a device certificate with everything told of it": {
        "resourceType": "DEVICE_CERTIFICATE",
        "status": "PENDING_TRANSFER",
        "creationDate": 1582862626.123,
        "caCertificateId": "cd" * 32,
        "certificatePem": pem(DEVICE),
    },
    "a device certificate of which the times are known": {
        "resourceType": "DEVICE_CERTIFICATE",
        "certificateId": "ab" * 32,
        "status": "ACTIVE",
        "validity": {"notAfter": "2027-01-01T00:00:00Z"},
    },
    "a CA certificate": {
        "resourceType": "CA_CERTIFICATE",
        "status": "INACTIVE",
        "certificatePem": pem(certificate("ca", is_ca=True)),
    },
    "a policy version that is not the default one": {
        "resourceType": "IOT_POLICY",
        "policyName": "Bound",
        "policyVersionId": "3",
        "isDefaultVersion": False,
        "policyDocument": '{"Version": "2012-10-17",\n "Statement": []}',
    },
    "logging options of both generations": {
        "resourceType": "ACCOUNT_SETTINGS",
        "loggingOptions": {"logLevel": "ERROR", "roleArn": "arn:aws:iam::123456789012:role/Logs"},
        "v2LoggingOptions": {"defaultLogLevel": "DISABLED", "disableAllLogs": True},
    },
    "logging options of the first generation": {
        "resourceType": "ACCOUNT_SETTINGS",
        "loggingOptions": {"logLevel": "INFO"},
    },
    "a role alias": ROLE_ALIAS,
    "a role": ROLE,
    "a role of which little is known": {
        "resourceType": "IAM_ROLE",
        "Arn": ROLE_ARN,
        "AttachedManagedPolicies": [{"PolicyName": "AWSIoTDataAccess", "PolicyArn": MANAGED_ARN}],
    },
    "an identity pool": IDENTITY_POOL,
    "an identity pool without roles": {
        "resourceType": "IDENTITY_POOL",
        "IdentityPoolId": IDENTITY_POOL["IdentityPoolId"],
        "AllowUnauthenticatedIdentities": False,
        "Roles": {},
    },
    "an identity pool whose roles are not known": {
        "resourceType": "IDENTITY_POOL",
        "IdentityPoolId": IDENTITY_POOL["IdentityPoolId"],
    },
    "a listing": {"resourceType": "LISTING", "listed": "IAM_ROLE"},
}


def test_a_record_of_each_type_is_here():
    assert {described["resourceType"] for described in RECORDS.values()} == set(READERS)


@pytest.mark.parametrize("described", RECORDS.values(), ids=RECORDS.keys())
def test_a_line_is_read_as_the_record_it_was_written_of(described):
    record = read_record(described, ACCOUNT)
    line = record_line(record)
    assert line.endswith(b"}\n")
    assert line.count(b"\n") == 1
    assert read_record(orjson.loads(line), ACCOUNT) == record


def test_a_bare_certificate_is_read_as_the_record_it_was_written_of():
    record = record_of_certificate(der(DEVICE))
    again = read_record(orjson.loads(record_line(record)), ACCOUNT)
    assert again == record
    assert again.values["certificate_id"] == certificate_id(DEVICE)


def test_account_settings_become_those_of_the_account_that_imports_them():
    record = read_record(RECORDS["logging options of the first generation"], ACCOUNT)
    there = read_record(orjson.loads(record_line(record)), AccountId("210987654321"))
    assert there.values["settings_of"] == "210987654321"
