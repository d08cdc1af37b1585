import asyncio
from typing import Any

import pytest

from tests.support.api_story import CA_EXPIRING, DEVICE_EXPIRING, LOGGING, configure, schedule

ARN = "arn:aws:iot:us-east-1:000000000000:scheduledaudit/"


@pytest.fixture
async def configured(api):
    await configure(api, LOGGING, DEVICE_EXPIRING)
    return api


async def test_create_answers_with_the_arn_and_describe_with_the_whole(configured):
    created = await schedule(
        configured, "weekly_1", frequency="WEEKLY", dayOfWeek="SUN", targetCheckNames=[LOGGING, DEVICE_EXPIRING]
    )
    assert (created.status, created.body) == (200, {"scheduledAuditArn": ARN + "weekly_1"})
    described = await configured.call("DescribeScheduledAudit", scheduledAuditName="weekly_1")
    assert described.body == {
        "scheduledAuditName": "weekly_1",
        "scheduledAuditArn": ARN + "weekly_1",
        "frequency": "WEEKLY",
        "dayOfWeek": "SUN",
        "targetCheckNames": [DEVICE_EXPIRING, LOGGING],
    }


async def test_list_has_name_arn_and_schedule_but_no_checks(configured):
    await schedule(configured, "monthly", frequency="MONTHLY", dayOfMonth="LAST")
    await schedule(configured, "daily")
    listed = await configured.call("ListScheduledAudits")
    assert listed.body == {
        "scheduledAudits": [
            {"scheduledAuditName": "daily", "scheduledAuditArn": ARN + "daily", "frequency": "DAILY"},
            {
                "scheduledAuditName": "monthly",
                "scheduledAuditArn": ARN + "monthly",
                "frequency": "MONTHLY",
                "dayOfMonth": "LAST",
            },
        ]
    }


async def test_the_identical_request_again_is_answered_like_the_first(configured):
    asked: dict[str, Any] = {"targetCheckNames": [LOGGING, DEVICE_EXPIRING], "tags": [{"Key": "a", "Value": "1"}]}
    first = await schedule(configured, **asked)
    again = await schedule(configured, **{**asked, "targetCheckNames": [DEVICE_EXPIRING, LOGGING, LOGGING]})
    assert (again.status, again.body) == (200, first.body)


@pytest.mark.parametrize(
    "other",
    [
        {"frequency": "WEEKLY", "dayOfWeek": "MON"},
        {"targetCheckNames": [DEVICE_EXPIRING]},
        {"tags": [{"Key": "a", "Value": "1"}]},
    ],
)
async def test_another_audit_of_the_same_name_exists_already(configured, other):
    await schedule(configured)
    refused = await schedule(configured, **other)
    assert (refused.status, refused.error) == (409, "ResourceAlreadyExistsException")
    assert refused.body["resourceId"] == "nightly"
    assert refused.body["resourceArn"] == ARN + "nightly"


@pytest.mark.parametrize(
    ("members", "mentioning"),
    [
        ({"frequency": "WEEKLY"}, "dayOfWeek"),
        ({"frequency": "BIWEEKLY", "dayOfMonth": "1"}, "dayOfWeek"),
        ({"frequency": "MONTHLY", "dayOfWeek": "MON"}, "dayOfMonth"),
        ({"frequency": "YEARLY"}, "'frequency'"),
        ({"targetCheckNames": []}, "'targetCheckNames'"),
        ({"targetCheckNames": ["NO_CHECK"]}, "invalid Audit Check Name"),
        ({"targetCheckNames": [CA_EXPIRING]}, "not enabled"),
        ({"tags": [{"Key": "aws:x"}]}, "'tags.1.member.Key'"),
    ],
)
async def test_create_refuses_what_breaks_a_rule(configured, members, mentioning):
    refused = await schedule(configured, **members)
    assert (refused.status, refused.error) == (400, "InvalidRequestException")
    assert mentioning in refused.message
    assert (await configured.call("ListScheduledAudits")).body == {"scheduledAudits": []}


@pytest.mark.parametrize(
    "name", ["n" * 129, "a%2Fb", "a%20b", "n%C3%A4chtlich", "%ED%A0%80", "%zz", "..%2F..", "a%0A"]
)
@pytest.mark.parametrize("method", ["POST", "GET", "PATCH", "DELETE"])
async def test_a_name_that_is_not_allowed_is_refused_by_its_member(calm_api, method, name):
    operation = {"POST": "Create", "GET": "Describe", "PATCH": "Update", "DELETE": "Delete"}[method]
    refused = await calm_api.send(f"{operation}ScheduledAudit", method, f"/audit/scheduledaudits/{name}")
    assert (refused.status, refused.error) == (400, "InvalidRequestException")
    assert "Value at 'scheduledAuditName'" in refused.message


async def test_update_changes_only_what_it_names(configured):
    await schedule(configured, frequency="WEEKLY", dayOfWeek="SUN")
    updated = await configured.call("UpdateScheduledAudit", scheduledAuditName="nightly", dayOfWeek="MON")
    assert (updated.status, updated.body) == (200, {"scheduledAuditArn": ARN + "nightly"})
    await configured.call(
        "UpdateScheduledAudit", scheduledAuditName="nightly", targetCheckNames=[DEVICE_EXPIRING, DEVICE_EXPIRING]
    )
    described = (await configured.call("DescribeScheduledAudit", scheduledAuditName="nightly")).body
    assert (described["frequency"], described["dayOfWeek"]) == ("WEEKLY", "MON")
    assert described["targetCheckNames"] == [DEVICE_EXPIRING]


async def test_update_refuses_a_frequency_without_its_day(configured):
    await schedule(configured)
    refused = await configured.call("UpdateScheduledAudit", scheduledAuditName="nightly", frequency="MONTHLY")
    assert (refused.status, refused.error) == (400, "InvalidRequestException")
    assert "dayOfMonth" in refused.message


async def test_a_name_in_the_body_does_not_count(configured):
    await schedule(configured)
    updated = await configured.send(
        "UpdateScheduledAudit",
        "PATCH",
        "/audit/scheduledaudits/nightly",
        '{"scheduledAuditName": "other", "frequency": "DAILY"}',
        {"Content-Type": "application/json"},
    )
    assert updated.body == {"scheduledAuditArn": ARN + "nightly"}


async def test_a_deleted_audit_is_gone(configured):
    await schedule(configured)
    deleted = await configured.call("DeleteScheduledAudit", scheduledAuditName="nightly")
    assert (deleted.status, deleted.body) == (200, {})
    for operation in ("Describe", "Update", "Delete"):
        refused = await configured.call(f"{operation}ScheduledAudit", scheduledAuditName="nightly")
        assert (refused.status, refused.error) == (404, "ResourceNotFoundException")


async def test_a_sixth_scheduled_audit_exceeds_the_limit_whoever_comes_first(configured):
    answers = await asyncio.gather(*(schedule(configured, f"audit-{number}") for number in range(12)))
    assert sorted(answer.status for answer in answers) == [200] * 5 + [410] * 7
    assert {answer.error for answer in answers if answer.status == 410} == {"LimitExceededException"}
    assert len((await configured.call("ListScheduledAudits")).body["scheduledAudits"]) == 5
