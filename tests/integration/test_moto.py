"""A fleet in moto's server is read into the whole service, over HTTP, and audited as if it had been imported."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from events.vocabulary import AccountId, CheckName, CheckRunStatus
from service.settings import AWS, Settings
from tests.support.certificates import certificate_id, pem
from tests.support.moto_process import BROAD, EPOCH, MOTO_ACCOUNT, NARROW, device, moto_server
from tests.support.running_audit import CLOCK, RunningAudit, running_audit
from workers.inventory.importers.import_ndjson import import_ndjson

COUNT = 2_000
TODAY = (CLOCK.now() - EPOCH).days
DEVICES = (
    "DEVICE_CERTIFICATE_AGE_CHECK",
    "DEVICE_CERTIFICATE_EXPIRING_CHECK",
    "DEVICE_CERTIFICATE_KEY_QUALITY_CHECK",
)
POLICIES = ("IOT_POLICY_OVERLY_PERMISSIVE_CHECK", "IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK")
NOT_IN_MOTO = {
    "CA_CERTIFICATE_EXPIRING_CHECK": "iot:ListCACertificates",
    "LOGGING_DISABLED_CHECK": "iot:GetLoggingOptions",
    "IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES_CHECK": "iam:GenerateServiceLastAccessedDetails",
}


@dataclass
class Moto:
    url: str
    directory: Path

    def settings(self, name: str, source: str) -> Settings:
        return Settings(data_directory=self.directory / name, account=AccountId(MOTO_ACCOUNT), source=source)

    def exported(self) -> bytes:
        """The fleet as `aws iot ... | jq` would write it."""
        listed = boto3.client("iot", region_name="us-east-1").list_certificates(pageSize=250)["certificates"]
        pems = {certificate_id(signed): pem(signed) for signed in (device(n, TODAY) for n in range(COUNT))}
        records: list[dict[str, Any]] = [
            {
                "resourceType": "DEVICE_CERTIFICATE",
                "certificateId": each["certificateId"],
                "status": each["status"],
                "creationDate": each["creationDate"].isoformat(),
                "certificatePem": pems[each["certificateId"]],
            }
            for each in listed
        ]
        for name, number, is_default, document in (
            ("Broad", "1", True, BROAD),
            ("Narrow", "1", True, NARROW),
            ("Mended", "1", False, BROAD),
            ("Mended", "2", True, NARROW),
        ):
            policy = {"policyName": name, "policyVersionId": number, "isDefaultVersion": is_default}
            records.append({"resourceType": "IOT_POLICY", **policy, "policyDocument": json.dumps(document)})
        return b"".join(json.dumps(record).encode() + b"\n" for record in records)


@pytest.fixture
def moto(tmp_path, monkeypatch):
    with moto_server(COUNT, TODAY) as url:
        for name, value in {
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "any",
            "AWS_SECRET_ACCESS_KEY": "any",
            "AWS_MAX_ATTEMPTS": "2",
        }.items():
            monkeypatch.setenv(name, value)
        yield Moto(url, tmp_path)


def found(audit: RunningAudit) -> list[tuple[str, str, str]]:
    return sorted((each.check_name, each.resource.canonical, each.reason_code) for each in audit.findings())


def test_reading_finds_what_importing_finds_and_says_what_moto_does_not_have(moto):
    with running_audit(moto.settings("imported", "import"), *DEVICES, *POLICIES) as imported:
        services = imported.services
        import_ndjson(
            services.inventory, imported.account, [moto.exported()], replace=True, now=services.clock.now()
        )
        imported.begin()
        imported.wait_until_over()
        expected = found(imported)
    role = f"arn:aws:iam::{MOTO_ACCOUNT}:role/Camera"
    with running_audit(moto.settings("read", AWS), *DEVICES, *POLICIES, *NOT_IN_MOTO, role_arn=role) as read:
        read.begin()
        details = read.wait_until_over(50).details
        assert found(read) == expected
    assert {check for check, _, _ in expected} >= {"DEVICE_CERTIFICATE_EXPIRING_CHECK", POLICIES[0]}
    assert {details[CheckName(name)].examined for name in DEVICES} == {COUNT}
    for name, action in NOT_IN_MOTO.items():
        detail = details[CheckName(name)]
        assert detail.status is CheckRunStatus.FAILED
        assert action in (detail.message or "")
        assert "implement" in (detail.message or "")
