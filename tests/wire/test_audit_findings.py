import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.api_story import DEVICE_EXPIRING, LOGGING, configure, start
from tests.support.audit_at_work import CERTIFICATE, AuditAtWork, device_certificate, policy_version
from tests.support.front_end import Answer, Api, caller

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SECOND = int(NOW.timestamp())
ARN = f"arn:aws:iot:us-east-1:000000000000:cert/{CERTIFICATE}"


@pytest.fixture(scope="module")
def task_id(shared):
    """An audit that has found an expired certificate, and three versions of policies."""
    return asyncio.run(audit_that_finds(*shared))


async def audit_that_finds(url, services):
    async with caller(url, services) as api:
        await configure(api, DEVICE_EXPIRING, LOGGING)
        services.clock.advance(timedelta(milliseconds=500))
        task_id = await start(api, DEVICE_EXPIRING, LOGGING)
    services.clock.advance(timedelta(milliseconds=434))
    audit = AuditAtWork(services, task_id)
    audit.find(DEVICE_EXPIRING, device_certificate())
    audit.find(LOGGING, policy_version("p", "1"), policy_version("p", "2"), policy_version("pq", "1"))
    return task_id


async def find(api: Api, body: Any) -> Answer:
    """Ask with a body as it stands, which botocore's serializer would have mended."""
    raw = body if isinstance(body, str) else json.dumps(body)
    return await api.send(
        "ListAuditFindings", "POST", "/audit/findings", raw, {"Content-Type": "application/json"}
    )


def named(answer: Answer) -> list[str]:
    """What was found, by the policy's name and version, or the kind of resource."""
    resources = [finding["nonCompliantResource"] for finding in answer.body["findings"]]
    policies = [resource["resourceIdentifier"].get("policyVersionIdentifier") for resource in resources]
    return sorted(
        f"{policy['policyName']}:{policy['policyVersionId']}" if policy else resource["resourceType"]
        for policy, resource in zip(policies, resources, strict=True)
    )


async def test_a_finding_has_every_member_that_it_should(calm_api, task_id):
    answer = await calm_api.call("ListAuditFindings", taskId=task_id, checkName=DEVICE_EXPIRING)
    (finding,) = answer.body["findings"]
    assert len(finding.pop("findingId")) == 32
    assert finding == {
        "taskId": task_id,
        "checkName": DEVICE_EXPIRING,
        "taskStartTime": SECOND + 0.5,
        "findingTime": SECOND + 0.934,
        "severity": "MEDIUM",
        "nonCompliantResource": {
            "resourceType": "DEVICE_CERTIFICATE",
            "resourceIdentifier": {"deviceCertificateId": CERTIFICATE},
            "additionalInfo": {"EXPIRATION_TIME": "1582862626000"},
        },
        "reasonForNonCompliance": "Certificate is past its expiration.",
        "reasonForNonComplianceCode": "CERTIFICATE_PAST_EXPIRATION",
        "isSuppressed": False,
    }
    assert answer.parsed["findings"][0]["findingTime"] == NOW + timedelta(milliseconds=934)


async def test_an_unknown_task_has_no_findings(calm_api, task_id):
    answer = await calm_api.call("ListAuditFindings", taskId="0" * 32)
    assert (answer.status, answer.body) == (200, {"findings": []})


@pytest.mark.parametrize(
    ("period", "count"),
    [
        ({"startTime": SECOND, "endTime": SECOND}, 4),
        ({"startTime": SECOND, "endTime": SECOND + 0.934}, 4),
        ({"startTime": SECOND + 0.934, "endTime": SECOND + 1}, 4),
        ({"startTime": SECOND, "endTime": SECOND + 0.933}, 0),
        ({"startTime": SECOND + 0.935, "endTime": SECOND + 1}, 0),
        ({"startTime": SECOND - 86_400, "endTime": SECOND - 1}, 0),
        ({"startTime": SECOND + 1, "endTime": SECOND + 86_400}, 0),
    ],
)
async def test_a_time_has_both_its_ends_and_an_integer_end_the_whole_of_its_second(
    calm_api, task_id, period, count
):
    assert len((await find(calm_api, period)).body["findings"]) == count


async def test_findings_are_found_up_to_now_though_sdks_cut_the_fraction_off(calm_api, task_id):
    answer = await calm_api.call("ListAuditFindings", startTime=NOW, endTime=calm_api.services.clock.now())
    assert len(answer.body["findings"]) == 4


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        ({"deviceCertificateId": CERTIFICATE}, ["DEVICE_CERTIFICATE"]),
        ({"deviceCertificateId": CERTIFICATE.upper()}, ["DEVICE_CERTIFICATE"]),
        ({"deviceCertificateId": "0" * 64}, []),
        ({"deviceCertificateArn": ARN}, ["DEVICE_CERTIFICATE"]),
        ({"deviceCertificateArn": ARN, "deviceCertificateId": CERTIFICATE.upper()}, ["DEVICE_CERTIFICATE"]),
        ({"deviceCertificateArn": ARN, "deviceCertificateId": "0" * 64}, []),
        ({"deviceCertificateArn": ARN.replace("us-east-1", "us-west-2")}, []),
        ({"deviceCertificateArn": ARN.replace("000000000000", "111111111111")}, []),
        ({"deviceCertificateArn": "anything"}, []),
        ({"caCertificateId": CERTIFICATE}, []),
        ({"policyVersionIdentifier": {"policyName": "p", "policyVersionId": "1"}}, ["p:1"]),
        ({"policyVersionIdentifier": {"policyName": "p", "policyVersionId": "3"}}, []),
        ({"policyVersionIdentifier": {"policyName": "p"}}, ["p:1", "p:2"]),
        ({"policyVersionIdentifier": {"policyName": "P"}}, []),
        ({"deviceCertificateId": CERTIFICATE, "policyVersionIdentifier": {"policyName": "p"}}, []),
        ({"deviceCertificateId": CERTIFICATE, "clientId": None}, ["DEVICE_CERTIFICATE"]),
        ({"account": "000000000000"}, []),
        ({"clientId": ""}, []),
        ({"clientId": "a/b"}, []),
        ({"cognitoIdentityPoolId": "us-east-1:1"}, []),
        ({"iamRoleArn": "arn:aws:iam::000000000000:role/r"}, []),
        ({"roleAliasArn": "a"}, []),
        ({"issuerCertificateIdentifier": {"issuerId": "AB"}}, []),
    ],
)
@pytest.mark.parametrize("scope", ["task", "time"])
async def test_a_resource_identifier_means_one_resource_or_the_versions_of_a_policy(
    calm_api, task_id, identifier, expected, scope
):
    within = {"taskId": task_id} if scope == "task" else {"startTime": SECOND, "endTime": SECOND}
    assert named(await find(calm_api, {**within, "resourceIdentifier": identifier})) == expected


@pytest.mark.parametrize(
    ("identifier", "at"),
    [
        ({}, "resourceIdentifier"),
        ({"clientId": None}, "resourceIdentifier"),
        ({"deviceCertificateID": CERTIFICATE}, "resourceIdentifier.deviceCertificateID"),
        ({"deviceCertificateId": CERTIFICATE, "futureId": "1"}, "resourceIdentifier.futureId"),
        ({"deviceCertificateId": "ab"}, "resourceIdentifier.deviceCertificateId"),
        ({"deviceCertificateId": "g" * 64}, "resourceIdentifier.deviceCertificateId"),
        ({"account": "1"}, "resourceIdentifier.account"),
        ({"policyVersionIdentifier": {}}, "resourceIdentifier.policyVersionIdentifier"),
        ({"policyVersionIdentifier": {"policyVersionId": "1"}}, "resourceIdentifier.policyVersionIdentifier"),
        (
            {"policyVersionIdentifier": {"policyName": "p", "policyVersionId": "v1"}},
            "resourceIdentifier.policyVersionIdentifier.policyVersionId",
        ),
        (
            {"policyVersionIdentifier": {"policyName": "p", "version": "1"}},
            "resourceIdentifier.policyVersionIdentifier.version",
        ),
        (
            {"issuerCertificateIdentifier": {"issuerCertificateSubject": "CN=CA"}},
            "resourceIdentifier.issuerCertificateIdentifier",
        ),
        ("certificate", "resourceIdentifier"),
        ([], "resourceIdentifier"),
    ],
)
async def test_a_resource_identifier_that_says_too_little_or_too_much_is_refused(
    calm_api, task_id, identifier, at
):
    refused = await find(calm_api, {"taskId": task_id, "resourceIdentifier": identifier})
    assert (refused.status, refused.error) == (400, "InvalidRequestException")
    assert f"Value at '{at}' failed" in refused.message


@pytest.mark.parametrize(("asked", "count"), [(None, 4), (False, 4), (True, 0)])
async def test_findings_can_be_the_suppressed_ones_or_the_others(calm_api, task_id, asked, count):
    answer = await find(calm_api, {"taskId": task_id, "listSuppressedFindings": asked})
    assert len(answer.body["findings"]) == count


@pytest.mark.parametrize(
    "body",
    [
        {},
        "",
        {"startTime": SECOND},
        {"endTime": SECOND},
        {"taskId": "0" * 32, "startTime": SECOND},
        {"taskId": "0" * 32, "endTime": SECOND},
        {"taskId": "0" * 32, "startTime": SECOND, "endTime": SECOND},
        {"checkName": LOGGING},
    ],
)
async def test_either_a_task_or_a_whole_time_must_be_given(calm_api, body):
    refused = await find(calm_api, body)
    assert (refused.status, refused.error) == (400, "InvalidRequestException")
    assert "taskId" in refused.message
    assert "startTime and endTime" in refused.message


@pytest.mark.parametrize(
    ("body", "mentioning"),
    [
        ({"startTime": SECOND + 1, "endTime": SECOND}, "startTime must not be after endTime"),
        ({"startTime": SECOND - 180 * 86_400 - 301, "endTime": SECOND}, "180 days"),
        ({"startTime": 0, "endTime": SECOND}, "180 days"),
        ({"startTime": "2026-01-01T00:00:00Z", "endTime": SECOND}, "'startTime'"),
        ({"startTime": True, "endTime": SECOND}, "'startTime'"),
        ({"startTime": SECOND, "endTime": 10**30}, "'endTime'"),
        ({"startTime": SECOND, "endTime": -(10**30)}, "'endTime'"),
        ({"taskId": "t" * 41}, "'taskId'"),
        ({"taskId": 7}, "'taskId'"),
        ({"taskId": "t", "checkName": "NO_CHECK"}, "invalid Audit Check Name"),
        ({"taskId": "t", "checkName": 5}, "'checkName'"),
        ({"taskId": "t", "maxResults": 0}, "'maxResults'"),
        ({"taskId": "t", "maxResults": -1}, "'maxResults'"),
        ({"taskId": "t", "maxResults": 251}, "less than or equal to 250"),
        ({"taskId": "t", "maxResults": "25"}, "'maxResults'"),
        ({"taskId": "t", "maxResults": 2.5}, "'maxResults'"),
        ({"taskId": "t", "maxResults": True}, "'maxResults'"),
        ('{"taskId": "t", "maxResults": 1e400}', "not valid JSON"),
        ('{"taskId": "t", "maxResults": NaN}', "not valid JSON"),
        ('{"taskId": "t", "maxResults": 1000000000000000000000000000000}', "'maxResults'"),
        ({"taskId": "t", "nextToken": "abc"}, "nextToken"),
        ({"taskId": "t", "nextToken": ""}, "nextToken"),
        ({"taskId": "t", "nextToken": 5}, "'nextToken'"),
        ({"taskId": "t", "listSuppressedFindings": "true"}, "'listSuppressedFindings'"),
        ({"taskId": "t", "listSuppressedFindings": 1}, "'listSuppressedFindings'"),
    ],
)
async def test_a_body_that_makes_no_sense_is_refused(calm_api, body, mentioning):
    refused = await find(calm_api, body)
    assert (refused.status, refused.error) == (400, "InvalidRequestException")
    assert mentioning in refused.message
