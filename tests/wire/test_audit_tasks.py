import asyncio
import re
from datetime import UTC, datetime, timedelta

import pytest

from events.vocabulary import CheckErrorCode, CheckRunStatus
from tests.support.api_story import CA_EXPIRING, DEVICE_EXPIRING, LOGGING, configure, start
from tests.support.audit_at_work import AuditAtWork, device_certificate

NOW = datetime(2026, 1, 1, tzinfo=UTC)
"""When the fake clock starts."""

LAST_DAY = {"startTime": NOW - timedelta(days=1), "endTime": NOW}


@pytest.fixture
async def configured(api):
    await configure(api, LOGGING, DEVICE_EXPIRING, CA_EXPIRING)
    return api


async def test_start_answers_with_an_id_of_32_hex_digits(configured):
    started = await configured.call("StartOnDemandAuditTask", targetCheckNames=[LOGGING])
    assert started.status == 200
    assert re.fullmatch("[0-9a-f]{32}", started.body["taskId"])


async def test_describe_right_after_start_finds_it_in_progress(configured):
    task_id = await start(configured, LOGGING, DEVICE_EXPIRING, LOGGING)
    described = await configured.call("DescribeAuditTask", taskId=task_id)
    under_way = {
        "checkRunStatus": "IN_PROGRESS",
        "checkCompliant": False,
        "totalResourcesCount": 0,
        "nonCompliantResourcesCount": 0,
        "suppressedNonCompliantResourcesCount": 0,
    }
    assert described.body == {
        "taskStatus": "IN_PROGRESS",
        "taskType": "ON_DEMAND_AUDIT_TASK",
        "taskStartTime": NOW.timestamp(),
        "taskStatistics": {
            "totalChecks": 2,
            "inProgressChecks": 2,
            "waitingForDataCollectionChecks": 0,
            "compliantChecks": 0,
            "nonCompliantChecks": 0,
            "failedChecks": 0,
            "canceledChecks": 0,
        },
        "auditDetails": {LOGGING: under_way, DEVICE_EXPIRING: under_way},
    }
    assert described.parsed["taskStartTime"] == NOW


async def test_describe_tells_how_each_check_ended(configured):
    task_id = await start(configured, LOGGING, DEVICE_EXPIRING, CA_EXPIRING)
    audit = AuditAtWork(configured.services, task_id)
    message = "The inventory has no logging options."
    audit.end(LOGGING, CheckRunStatus.FAILED, error_code=CheckErrorCode.INSUFFICIENT_PERMISSIONS, message=message)
    audit.end(
        DEVICE_EXPIRING,
        CheckRunStatus.COMPLETED_NON_COMPLIANT,
        resources_examined=5_000_000_000,
        non_compliant_resources=7,
    )
    audit.end(CA_EXPIRING, CheckRunStatus.COMPLETED_COMPLIANT)
    described = (await configured.call("DescribeAuditTask", taskId=task_id)).body
    assert described["taskStatus"] == "COMPLETED"
    statistics = described["taskStatistics"]
    assert [statistics[f"{kind}Checks"] for kind in ("total", "compliant", "nonCompliant", "failed")] == [
        3,
        1,
        1,
        1,
    ]
    details = described["auditDetails"]
    assert (details[LOGGING]["errorCode"], details[LOGGING]["message"]) == ("INSUFFICIENT_PERMISSIONS", message)
    assert details[DEVICE_EXPIRING]["totalResourcesCount"] == 5_000_000_000
    assert details[DEVICE_EXPIRING]["nonCompliantResourcesCount"] == 7
    assert [details[name]["checkCompliant"] for name in (LOGGING, DEVICE_EXPIRING, CA_EXPIRING)] == [
        False,
        False,
        True,
    ]


async def test_the_counts_of_a_check_grow_while_it_runs(configured):
    task_id = await start(configured, DEVICE_EXPIRING)
    AuditAtWork(configured.services, task_id).find(DEVICE_EXPIRING, device_certificate(), examined=1000)
    described = (await configured.call("DescribeAuditTask", taskId=task_id)).body
    detail = described["auditDetails"][DEVICE_EXPIRING]
    assert (detail["checkRunStatus"], detail["checkCompliant"]) == ("IN_PROGRESS", False)
    assert (detail["totalResourcesCount"], detail["nonCompliantResourcesCount"]) == (1000, 1)


@pytest.mark.parametrize(
    ("checks", "mentioning"),
    [(["NO_CHECK"], "invalid Audit Check Name"), ([], "'targetCheckNames'")],
)
async def test_start_refuses_checks_that_can_not_be_done(calm_api, checks, mentioning):
    refused = await calm_api.call("StartOnDemandAuditTask", targetCheckNames=checks)
    assert (refused.status, refused.error) == (400, "InvalidRequestException")
    assert mentioning in refused.message


async def test_start_refuses_a_check_that_is_not_enabled(api):
    await configure(api, LOGGING)
    refused = await api.call("StartOnDemandAuditTask", targetCheckNames=[LOGGING, CA_EXPIRING])
    assert (refused.status, refused.error) == (400, "InvalidRequestException")
    assert CA_EXPIRING in refused.message


async def test_an_eleventh_audit_at_once_exceeds_the_limit_whoever_comes_first(configured):
    answers = await asyncio.gather(
        *(configured.call("StartOnDemandAuditTask", targetCheckNames=[LOGGING]) for _ in range(16))
    )
    assert sorted(answer.status for answer in answers) == [200] * 10 + [410] * 6
    done = next(answer.body["taskId"] for answer in answers if answer.status == 200)
    AuditAtWork(configured.services, done).complete([LOGGING])
    assert (await configured.call("StartOnDemandAuditTask", targetCheckNames=[LOGGING])).status == 200


@pytest.mark.parametrize(("operation", "suffix"), [("DescribeAuditTask", ""), ("CancelAuditTask", "/cancel")])
@pytest.mark.parametrize(
    ("task_id", "status"),
    [("0" * 32, 404), ("no-such-task", 404), ("t" * 41, 400), ("a_b", 400), ("a%2Fb", 400), ("%20", 400)],
)
async def test_a_task_that_is_not_there_is_not_found_and_one_that_can_not_be_is_invalid(
    calm_api, operation, suffix, task_id, status
):
    method = "PUT" if suffix else "GET"
    refused = await calm_api.send(operation, method, f"/audit/tasks/{task_id}{suffix}")
    error = "ResourceNotFoundException" if status == 404 else "InvalidRequestException"
    assert (refused.status, refused.error) == (status, error)


async def test_a_canceled_task_says_so_and_can_not_be_canceled_again(configured):
    task_id = await start(configured, LOGGING, CA_EXPIRING)
    AuditAtWork(configured.services, task_id).end(CA_EXPIRING, CheckRunStatus.COMPLETED_COMPLIANT)
    canceled = await configured.call("CancelAuditTask", taskId=task_id)
    assert (canceled.status, canceled.body) == (200, {})
    described = (await configured.call("DescribeAuditTask", taskId=task_id)).body
    assert described["taskStatus"] == "CANCELED"
    assert described["auditDetails"][LOGGING]["checkRunStatus"] == "CANCELED"
    assert described["auditDetails"][CA_EXPIRING]["checkRunStatus"] == "COMPLETED_COMPLIANT"
    refused = await configured.call("CancelAuditTask", taskId=task_id)
    assert (refused.status, refused.error) == (400, "InvalidRequestException")


async def test_list_has_id_status_and_type_newest_first(configured):
    first = await start(configured, LOGGING)
    configured.services.clock.advance(timedelta(milliseconds=1))
    second = await start(configured, LOGGING)
    AuditAtWork(configured.services, first).complete([LOGGING])
    listed = await configured.call(
        "ListAuditTasks", startTime=NOW - timedelta(days=1), endTime=NOW + timedelta(milliseconds=1)
    )
    assert listed.body == {
        "tasks": [
            {"taskId": second, "taskStatus": "IN_PROGRESS", "taskType": "ON_DEMAND_AUDIT_TASK"},
            {"taskId": first, "taskStatus": "COMPLETED", "taskType": "ON_DEMAND_AUDIT_TASK"},
        ]
    }


async def test_a_task_that_was_started_just_now_is_found_up_to_now(configured):
    configured.services.clock.advance(timedelta(milliseconds=123))
    task_id = await start(configured, LOGGING)
    listed = await configured.call("ListAuditTasks", startTime=NOW, endTime=configured.services.clock.now())
    assert [task["taskId"] for task in listed.body["tasks"]] == [task_id]
    before = await configured.call("ListAuditTasks", startTime=NOW, endTime=NOW + timedelta(milliseconds=122))
    assert before.body["tasks"] == []
    in_seconds = await configured.send(
        "ListAuditTasks", "GET", f"/audit/tasks?startTime={NOW.timestamp():.0f}&endTime={NOW.timestamp():.0f}"
    )
    assert len(in_seconds.body["tasks"]) == 1


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"taskStatus": "IN_PROGRESS"}, ["running"]),
        ({"taskStatus": "COMPLETED"}, ["done"]),
        ({"taskStatus": "FAILED"}, []),
        ({"taskType": "ON_DEMAND_AUDIT_TASK"}, ["done", "running"]),
        ({"taskType": "SCHEDULED_AUDIT_TASK"}, []),
        ({"taskType": "ON_DEMAND_AUDIT_TASK", "taskStatus": "COMPLETED"}, ["done"]),
    ],
)
async def test_list_filters_by_status_and_type(configured, filters, expected):
    names = {await start(configured, LOGGING): "running", (done := await start(configured, LOGGING)): "done"}
    AuditAtWork(configured.services, done).complete([LOGGING])
    listed = await configured.call("ListAuditTasks", **LAST_DAY, **filters)
    assert sorted(names[task["taskId"]] for task in listed.body["tasks"]) == expected


@pytest.mark.parametrize(
    ("query", "mentioning"),
    [
        ("", "'startTime'"),
        ("startTime=2026-01-01T00:00:00Z", "'endTime'"),
        ("startTime=2026-01-01T00:00:01Z&endTime=2026-01-01T00:00:00Z", "startTime must not be after endTime"),
        ("startTime=2025-07-04T23:54:59Z&endTime=2026-01-01T00:00:00Z", "180 days"),
        ("startTime=1970-01-01&endTime=2026-01-01", "180 days"),
        ("startTime=yesterday&endTime=2026-01-01", "'startTime'"),
        ("startTime=&endTime=2026-01-01", "'startTime'"),
        ("startTime=2026-01-01&endTime=99999999999999", "'endTime'"),
        ("startTime=2026-01-01&endTime=2026-01-01&taskStatus=DONE", "'taskStatus'"),
        ("startTime=2026-01-01&endTime=2026-01-01&taskType=ADHOC", "'taskType'"),
        ("startTime=2026-01-01&endTime=2026-01-01&maxResults=-1", "'maxResults'"),
        ("startTime=2026-01-01&endTime=2026-01-01&maxResults=251", "less than or equal to 250"),
        ("startTime=2026-01-01&endTime=2026-01-01&maxResults=ten", "'maxResults'"),
        ("startTime=2026-01-01&startTime=2025-12-01&endTime=2026-01-01", "more than one value: startTime"),
        ("startTime=2026-01-01&endTime=2026-01-01&nextToken=abc", "nextToken"),
        ("startTime=2026-01-01&endTime=2026-01-01&nextToken=%ED%A0%80", "nextToken"),
        (f"startTime=2026-01-01&endTime=2026-01-01&nextToken={'A' * 4000}", "nextToken"),
    ],
)
async def test_list_refuses_a_query_that_makes_no_sense(calm_api, query, mentioning):
    refused = await calm_api.send("ListAuditTasks", "GET", f"/audit/tasks?{query}")
    assert (refused.status, refused.error) == (400, "InvalidRequestException")
    assert mentioning in refused.message


async def test_list_reaches_back_exactly_as_far_as_is_retained(calm_api):
    listed = await calm_api.call("ListAuditTasks", startTime=NOW - timedelta(days=180, minutes=5), endTime=NOW)
    assert (listed.status, listed.body) == (200, {"tasks": []})


async def test_members_that_nobody_knows_are_ignored_in_a_query(calm_api):
    listed = await calm_api.send(
        "ListAuditTasks", "GET", "/audit/tasks?startTime=2026-01-01&endTime=2026-01-01&x=1&x=2"
    )
    assert listed.status == 200
