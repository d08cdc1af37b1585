"""Records as AWS's own describe outputs have them."""

from typing import Any

import pytest

from events.vocabulary import AccountId
from tests.support.certificates import certificate, certificate_id, pem
from tests.support.given import ACCOUNT
from workers.inventory.importers.record_members import Record
from workers.inventory.importers.records import read_record
from workers.inventory.importers.rejection import RecordRejected

DEVICE = certificate("device-1")
ID = certificate_id(DEVICE)
OTHER_ID = "a" * 64
CREATED = 1767225600123

DESCRIBED: dict[str, Any] = {
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
WITHOUT_PEM: dict[str, Any] = {
    "resourceType": "DEVICE_CERTIFICATE",
    "certificateId": OTHER_ID,
    "status": "ACTIVE",
    "notAfter": "2026-01-31T00:00:00Z",
}
POLICY: dict[str, Any] = {
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


def rejection_of(record: Record, account: AccountId | None = ACCOUNT) -> str:
    """Why a record is rejected."""
    with pytest.raises(RecordRejected) as rejected:
        read_record(record, account)
    return str(rejected.value)


def without(record: Record, *names: str) -> dict[str, Any]:
    """The record without some of its members."""
    return {name: value for name, value in record.items() if name not in names}
