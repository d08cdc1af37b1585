"""What differs between two audits, asked over HTTP."""

import asyncio
from datetime import timedelta

import pytest

from events.event import Cause
from events.vocabulary import CheckRunStatus
from tests.support.api_story import DEVICE_EXPIRING, LOGGING, configure, schedule, start
from tests.support.audit_at_work import AuditAtWork, device_certificate, policy_version
from tests.support.inventory_records import device, key
from workers.inventory.kinds import DEVICE_CERTIFICATES

FOUND = CheckRunStatus.COMPLETED_NON_COMPLIANT
NONE_FOUND = CheckRunStatus.COMPLETED_COMPLIANT


def imported(services, *numbers):
    """Make the fleet these device certificates, and return the inventory's version."""
    inventory, account = services.inventory, services.settings.account
    with inventory.begin_import(account, replace=True, now=services.clock.now()) as importing:
        for number in numbers:
            importing.add(DEVICE_CERTIFICATES, device(number))
    return inventory.current_version(account)


async def audited(api, version, findings, *, status=FOUND, not_judged=0, checks=(DEVICE_EXPIRING,)):
    """Do an audit in which the first check makes findings."""
    services = api.services
    services.clock.advance(timedelta(minutes=1))
    task_id = await start(api, *checks)
    audit = AuditAtWork(services, task_id, inventory_version=version)
    await asyncio.to_thread(audit.find, checks[0], *findings, not_judged=not_judged)
    await asyncio.to_thread(audit.end, checks[0], status)
    for check in checks[1:]:
        await asyncio.to_thread(audit.end, check, NONE_FOUND)
    return task_id


def expired(*numbers):
    return [device_certificate(key(number)) for number in numbers]


async def diff(api, task_id, answered=200, **query):
    async with api.session.get(f"/fleet-audit/tasks/{task_id}/diff", params=query) as response:
        body = await response.json()
        assert response.status == answered, body
        return body


def told(body):
    return {
        int(each["finding"]["nonCompliantResource"]["resourceIdentifier"]["deviceCertificateId"], 16): (
            each["status"],
            each.get("cause"),
        )
        for each in body["differences"]
    }


@pytest.fixture
async def two(api):
    """A fleet in which 1 was mended, 2 is as bad as before, 3 went, 4 came, and 5 has gone bad."""
    await configure(api, DEVICE_EXPIRING, LOGGING)
    first = await audited(api, imported(api.services, 1, 2, 3, 5), expired(1, 2, 3))
    second = await audited(api, imported(api.services, 1, 2, 4, 5), expired(2, 4, 5))
    return first, second


async def test_findings_are_new_resolved_or_unchanged_and_it_is_said_why(api, two):
    body = await diff(api, two[1], since=two[0])

    assert told(body) == {
        1: ("RESOLVED", "FIXED"),
        2: ("UNCHANGED", None),
        3: ("RESOLVED", "RESOURCE_REMOVED"),
        4: ("NEW", "RESOURCE_ADDED"),
        5: ("NEW", "NEWLY_NON_COMPLIANT"),
    }
    assert body["checks"] == {
        DEVICE_EXPIRING: {
            "isComparable": True,
            "newFindings": 2,
            "resolvedFindings": 2,
            "unchangedFindings": 1,
            "causes": {"FIXED": 1, "RESOURCE_REMOVED": 1, "RESOURCE_ADDED": 1, "NEWLY_NON_COMPLIANT": 1},
            "notJudgedResources": 0,
        }
    }
    assert (body["sinceTaskId"], body["taskId"]) == two
    assert "nextToken" not in body


async def test_a_finding_says_since_when_it_has_been_there(api, two):
    [unchanged] = (await diff(api, two[1], since=two[0], status="UNCHANGED"))["differences"]

    assert unchanged["firstSeen"]["taskId"] == two[0]
    assert unchanged["lastSeen"]["taskId"] == two[1]
    assert unchanged["firstSeen"]["time"] < unchanged["lastSeen"]["time"]
    assert unchanged["finding"]["taskId"] == two[1]
    described = await api.call("DescribeAuditFinding", findingId=unchanged["sinceFindingId"])
    assert described.body["finding"]["taskId"] == two[0]
    assert "firstSeen" not in described.body["finding"], "AWS's own answers stay as they are"


async def test_without_since_it_is_the_completed_audit_before_of_the_same_checks(api, two):
    of_other_checks = await audited(api, 2, (), status=NONE_FOUND, checks=(LOGGING,))
    api.services.clock.advance(timedelta(minutes=1))
    canceled = await start(api, DEVICE_EXPIRING)
    await api.call("CancelAuditTask", taskId=canceled)
    third = await audited(api, 2, expired(2))

    assert (await diff(api, third))["sinceTaskId"] == two[1]
    for task_id in (two[0], of_other_checks):
        assert "no completed audit of these checks before" in (await diff(api, task_id, 404))["message"]


async def test_a_scheduled_audit_is_compared_with_the_one_before_of_its_schedule(api):
    await configure(api, LOGGING)
    await schedule(api)
    await schedule(api, "other")
    services = api.services
    ran = []
    for name, generation in (("nightly", 1), ("other", 2), ("nightly", 1)):
        services.clock.advance(timedelta(days=1))
        ran.append(await asyncio.to_thread(run_schedule, services, name, generation))

    assert (await diff(api, ran[2]))["sinceTaskId"] == ran[0]
    assert "no completed audit of other before" in (await diff(api, ran[1], 404))["message"]


def run_schedule(services, name, generation):
    """Start a scheduled audit as the scheduler does, and end it."""
    cause = Cause(services.settings.account, services.clock.now(), "scheduler", "request-1")
    task_id = services.application.start_scheduled_audit(name, generation, cause).result(10).value
    AuditAtWork(services, task_id).end(LOGGING, NONE_FOUND)
    return task_id


async def test_pages_come_one_after_the_other_and_the_first_says_what_is_to_come(api, two):
    seen: list[int] = []
    token: dict[str, str] = {}
    for number in range(5):
        body = await diff(api, two[1], maxResults=1, **token)
        assert ("checks" in body) == (number == 0)
        seen += told(body)
        assert ("nextToken" in body) == (number < 4)
        token = {"nextToken": body["nextToken"]} if "nextToken" in body else {}
    assert seen == [1, 2, 3, 4, 5]
    of_another = await diff(api, two[1], maxResults=1, status="NEW")
    assert "nextToken" in (await diff(api, two[1], 400, nextToken=of_another["nextToken"]))["message"]


async def test_a_check_that_was_not_done_in_both_is_not_comparable_and_nothing_of_it_is_resolved(api, two):
    failed = await audited(api, 2, expired(2), status=CheckRunStatus.FAILED, checks=(DEVICE_EXPIRING, LOGGING))

    body = await diff(api, failed, since=two[1])

    assert body["differences"] == []
    assert body["checks"] == {
        DEVICE_EXPIRING: {"isComparable": False, "reason": "Not comparable: failed in the later audit."},
        LOGGING: {"isComparable": False, "reason": "Not comparable: not done in the earlier audit."},
    }


async def test_why_a_finding_went_is_not_said_when_its_resource_may_not_have_been_judged(api, two):
    third = await audited(api, imported(api.services, 2, 5), expired(2), not_judged=1)

    body = await diff(api, third, status="RESOLVED")

    assert told(body) == {4: ("RESOLVED", "RESOURCE_REMOVED"), 5: ("RESOLVED", None)}
    assert body["checks"][DEVICE_EXPIRING]["notJudgedResources"] == 1


async def test_of_a_policy_that_is_gone_it_is_said(api):
    await configure(api, DEVICE_EXPIRING)
    first = await audited(api, imported(api.services, 1), [policy_version("p", "1")])
    await audited(api, imported(api.services, 2), (), status=NONE_FOUND)

    [gone] = (await diff(api, await audited(api, 2, (), status=NONE_FOUND), since=first))["differences"]

    assert (gone["status"], gone["cause"]) == ("RESOLVED", "RESOURCE_REMOVED")


@pytest.mark.parametrize(
    ("query", "status", "message"),
    [
        ({"since": "0" * 32}, 404, "no audit task"),
        ({"since": "itself"}, 400, "another audit"),
        ({"since": "running"}, 400, "in progress"),
        ({"status": "GONE"}, 400, "status"),
        ({"checkName": "NO_CHECK"}, 400, "NO_CHECK"),
        ({"maxResults": "251"}, 400, "maxResults"),
        ({"since": "!"}, 400, "since"),
    ],
)
async def test_what_can_not_be_compared_is_refused_for_what_is_wrong(api, two, query, status, message):
    names = {"itself": two[1], "running": await start(api, DEVICE_EXPIRING)}
    asked = {name: names.get(value, value) for name, value in query.items()}

    assert message in (await diff(api, two[1], status, **asked))["message"]


async def test_an_audit_that_is_unknown_running_or_expired_is_not_compared(api, two):
    assert "no audit task" in (await diff(api, "0" * 32, 404, since=two[0]))["message"]
    running = await start(api, DEVICE_EXPIRING)
    assert "in progress" in (await diff(api, running, 400))["message"]
    api.services.clock.advance(timedelta(days=api.services.settings.retention_days))
    assert "no longer retained" in (await diff(api, two[1], 404, since=two[0]))["message"]
