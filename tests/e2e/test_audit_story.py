"""An audit of the demo's fleet through unmodified boto3, every filter and paginator included."""

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.boto3_story import enable, ended, findings, ids, refusal, start
from tests.support.cluster import on_servers
from tests.support.demo_fleet import (
    ALIASES,
    EXACT_CHECKS,
    EXPIRING,
    GUESTS,
    KEY_QUALITY,
    LOGGING,
    POLICIES,
    UNUSED,
    USERS,
    expected,
    resource_of,
    verdict,
)
from tests.support.fleet_audit_process import FleetAuditService, fleet_audit


@pytest.fixture(scope="module", params=["serve", "cluster"])
def audited(request, fleet, tmp_path_factory):
    """A service in which the fleet was audited once: its client, the audit's id, and how it ended.

    It is one process with files, and then a cluster: both give the same answers.
    """
    home = tmp_path_factory.mktemp("audited")
    variables = {"FLEET_AUDIT_KEY_BLOCKLIST": str(fleet.key_blocklist)}
    with ExitStack() as opened:
        if request.param == "serve":
            service = opened.enter_context(FleetAuditService(home, variables))
            client, url = service.client(), service.url
        else:
            cluster = opened.enter_context(on_servers(home, request.getfixturevalue("postgresql"), variables))
            client, url = cluster.client(0), cluster.urls[1]
        imported = fleet_audit("import", fleet.inventory, "--endpoint-url", url, home=home)
        assert imported.returncode == 0, imported.stderr
        task_id = start(client, *enable(client, *EXACT_CHECKS))
        yield client, task_id, ended(client, task_id)


@pytest.fixture(scope="module")
def client(audited):
    return audited[0]


@pytest.fixture(scope="module")
def task_id(audited):
    return audited[1]


def test_the_audit_ends_by_itself_and_counts_what_it_examined(audited):
    task = audited[2]
    assert task["taskStatus"] == "COMPLETED"
    assert task["taskType"] == "ON_DEMAND_AUDIT_TASK"
    assert task["taskStatistics"] == {
        "totalChecks": len(EXACT_CHECKS),
        "inProgressChecks": 0,
        "waitingForDataCollectionChecks": 0,
        "compliantChecks": 0,
        "nonCompliantChecks": len(EXACT_CHECKS),
        "failedChecks": 0,
        "canceledChecks": 0,
    }
    expiring = task["auditDetails"][EXPIRING]
    assert expiring["checkRunStatus"] == "COMPLETED_NON_COMPLIANT"
    assert (expiring["totalResourcesCount"], expiring["nonCompliantResourcesCount"]) == (300, 7)
    assert expiring["checkCompliant"] is False


def test_the_findings_are_those_that_the_files_deserve(client, task_id, fleet):
    found = [verdict(finding) for finding in findings(client, taskId=task_id)]
    assert sorted(found) == sorted(expected(fleet, datetime.now(UTC)))


def test_findings_are_filtered_by_check(client, task_id):
    found = findings(client, taskId=task_id, checkName=KEY_QUALITY)
    assert len(found) == 3
    assert {(each["checkName"], each["severity"]) for each in found} == {(KEY_QUALITY, "CRITICAL")}


def test_each_finding_is_described_as_it_is_listed(client, task_id):
    listed = findings(client, taskId=task_id)
    assert [client.describe_audit_finding(findingId=each)["finding"] for each in ids(listed)] == listed
    related = client.get_paginator("list_related_resources_for_audit_finding")
    pages = [page for each in ids(listed) for page in related.paginate(findingId=each)]
    assert [page["relatedResources"] for page in pages] == [each.get("relatedResources", []) for each in listed]
    assert {each["checkName"] for each in listed if each.get("relatedResources")} == {
        USERS,
        GUESTS,
        ALIASES,
        UNUSED,
    }


@pytest.mark.parametrize("operation", ["describe_audit_finding", "list_related_resources_for_audit_finding"])
def test_a_finding_that_does_not_exist_is_not_found(client, operation):
    code, status, _ = refusal(getattr(client, operation), findingId="0" * 32)
    assert (code, status) == ("ResourceNotFoundException", 404)


def test_findings_are_filtered_by_time_up_to_now(client, task_id):
    now = datetime.now(UTC)
    whole = ids(findings(client, taskId=task_id))
    assert ids(findings(client, startTime=now - timedelta(hours=1), endTime=now)) == whole
    assert findings(client, startTime=now - timedelta(days=2), endTime=now - timedelta(days=1)) == []


def test_findings_are_filtered_by_resource(client, task_id):
    one = findings(client, taskId=task_id, checkName=EXPIRING)[0]
    certificate = one["nonCompliantResource"]["resourceIdentifier"]["deviceCertificateId"]
    of_device = findings(client, taskId=task_id, resourceIdentifier={"deviceCertificateId": certificate})
    assert one["findingId"] in ids(of_device)
    assert {resource_of(each) for each in of_device} == {f"DEVICE_CERTIFICATE/{certificate}"}
    [of_account] = findings(client, taskId=task_id, resourceIdentifier={"account": "000000000000"})
    assert of_account["checkName"] == LOGGING


@pytest.mark.parametrize("version", [{}, {"policyVersionId": "1"}])
def test_findings_are_filtered_by_policy_with_and_without_a_version(client, task_id, version):
    policy = {"policyVersionIdentifier": {"policyName": "ConnectAsAnyClient", **version}}
    [of_policy] = findings(client, taskId=task_id, resourceIdentifier=policy)
    assert of_policy["checkName"] == POLICIES
    assert "iot:Connect" in of_policy["reasonForNonCompliance"]


def test_no_finding_is_suppressed(client, task_id):
    whole = ids(findings(client, taskId=task_id))
    assert findings(client, taskId=task_id, listSuppressedFindings=True) == []
    assert ids(findings(client, taskId=task_id, listSuppressedFindings=False)) == whole


@pytest.mark.parametrize("page_size", [1, 4, 250])
def test_pages_of_any_size_neither_skip_nor_repeat(client, task_id, page_size):
    whole = client.list_audit_findings(taskId=task_id, maxResults=250)["findings"]
    assert ids(findings(client, page_size, taskId=task_id)) == ids(whole)
    assert len(set(ids(whole))) == len(whole) == 27


def test_audits_are_listed_newest_first_page_by_page(client):
    started = [start(client, LOGGING) for _ in range(5)]
    assert {ended(client, task)["taskStatus"] for task in started} == {"COMPLETED"}
    window = {"startTime": datetime.now(UTC) - timedelta(hours=1), "endTime": datetime.now(UTC)}
    pages = client.get_paginator("list_audit_tasks").paginate(**window, PaginationConfig={"PageSize": 2})
    listed = [task["taskId"] for page in pages for task in page["tasks"]]
    assert listed[:5] == started[::-1]
    assert len(set(listed)) == len(listed)
    completed = client.list_audit_tasks(**window, taskStatus="COMPLETED", taskType="ON_DEMAND_AUDIT_TASK")["tasks"]
    assert [task["taskId"] for task in completed] == listed
    assert client.list_audit_tasks(**window, taskType="SCHEDULED_AUDIT_TASK")["tasks"] == []


def test_an_audit_that_is_over_can_not_be_canceled(client, task_id):
    code, status, _ = refusal(client.cancel_audit_task, taskId=task_id)
    assert (code, status) == ("InvalidRequestException", 400)


def test_a_task_and_a_time_together_are_refused(client, task_id):
    now = datetime.now(UTC)
    both = {"taskId": task_id, "startTime": now - timedelta(hours=1), "endTime": now}
    assert refusal(client.list_audit_findings, **both)[0] == "InvalidRequestException"
