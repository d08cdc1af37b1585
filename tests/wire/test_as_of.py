"""Questions about the past, over HTTP: which moment is meant, and what is refused."""

from datetime import timedelta

import pytest

from events.audit_archive import ArchiveSummary, AuditTaskArchived
from events.identifiers import audit_archive_id, audit_task_id
from events.vocabulary import CheckName, TaskId
from tests.support.api_story import CA_EXPIRING, LOGGING, configure, enabled_checks, schedule, start
from tests.support.audit_at_work import AuditAtWork, device_certificate
from tests.support.events import History

HEADER = "X-Fleet-Audit-As-Of"
POSITION = "X-Fleet-Audit-As-Of-Position"


async def asked(api, name, path, moment, method="GET", **query):
    return await api.send(name, method, path, headers={HEADER: str(moment)}, query=query)


async def refusal(api, path, *moments, method="GET"):
    """What is said of moments that are refused. AWS's model of an operation need not know that it can be."""
    headers = [(HEADER, moment) for moment in moments]
    async with api.session.request(method, path, headers=headers) as response:
        assert (response.status, response.headers["x-amzn-ErrorType"]) == (400, "InvalidRequestException")
        message: str = (await response.json())["message"]
        return message


async def configuration(api, moment):
    return await asked(api, "DescribeAccountAuditConfiguration", "/audit/configuration", moment)


def pass_time(api, **how_much):
    api.services.clock.advance(timedelta(**how_much))
    return api.services.clock.now()


async def test_a_configuration_as_of_a_time_and_as_of_a_position(api):
    before = api.services.clock.now()
    pass_time(api, minutes=1)
    await configure(api, LOGGING)
    then = api.services.clock.now()
    position = api.services.progress.position
    pass_time(api, minutes=1)
    await configure(api, CA_EXPIRING)

    for moment in (then.isoformat(), position):
        answer = await configuration(api, moment)
        assert enabled_checks(answer.body) == {LOGGING}
        assert answer.headers[POSITION] == str(position)
    answer = await configuration(api, before.isoformat())
    assert enabled_checks(answer.body) == set()
    assert answer.headers[POSITION] == "0"


async def test_an_answer_about_the_present_says_no_position(api):
    assert POSITION not in (await api.call("DescribeAccountAuditConfiguration")).headers


async def test_an_error_says_up_to_where_it_knows(api):
    answer = await asked(api, "DescribeScheduledAudit", "/audit/scheduledaudits/nightly", 0)
    assert (answer.status, answer.error) == (404, "ResourceNotFoundException")
    assert answer.headers[POSITION] == "0"


@pytest.mark.parametrize(
    "moment", ["", "yesterday", "-1", "1.5.2026", "2026-13-01T00:00Z", "0x10", "1" * 70 + "."]
)
async def test_a_text_that_names_no_moment(calm_api, moment):
    assert f"{HEADER} must be a time" in await refusal(calm_api, "/audit/configuration", moment)


async def test_the_future(calm_api):
    tomorrow = calm_api.services.clock.now() + timedelta(days=1)
    said = await refusal(calm_api, "/audit/configuration", tomorrow.isoformat())
    assert said == f"{HEADER} must not be in the future."
    for position in (str(calm_api.services.progress.position + 1), "9" * 30):
        assert "beyond the end of the log" in await refusal(calm_api, "/audit/configuration", position)


async def test_two_moments(calm_api):
    assert "once" in await refusal(calm_api, "/audit/configuration", "0", "0")


@pytest.mark.parametrize(
    ("name", "method", "path"),
    [
        ("StartOnDemandAuditTask", "POST", "/audit/tasks"),
        ("UpdateAccountAuditConfiguration", "PATCH", "/audit/configuration"),
        ("CancelAuditTask", "PUT", "/audit/tasks/1/cancel"),
        ("DeleteScheduledAudit", "DELETE", "/audit/scheduledaudits/nightly"),
        ("TagResource", "POST", "/tags"),
    ],
)
async def test_the_past_can_not_be_changed(calm_api, name, method, path):
    answer = await asked(calm_api, name, path, 0, method)
    assert (answer.status, answer.error) == (400, "InvalidRequestException")
    assert "the past can't be changed" in answer.message


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/fleet-audit/inventory/import"),
        ("GET", "/fleet-audit/clock"),
        ("GET", "/fleet-audit/notifications"),
    ],
)
async def test_what_is_no_operation_of_the_api_has_no_past(calm_api, method, path):
    assert HEADER in await refusal(calm_api, path, "0", method=method)


async def test_a_list_of_the_past_is_read_page_by_page(api):
    await configure(api, LOGGING)
    for name in "abc":
        await schedule(api, name)
    position = api.services.progress.position
    await schedule(api, "d")
    listing = "ListScheduledAudits", "/audit/scheduledaudits"
    first = await asked(api, *listing, position, maxResults="2")
    token = first.body["nextToken"]
    rest = await asked(api, *listing, position, nextToken=token)
    names = [each["scheduledAuditName"] for each in first.body["scheduledAudits"] + rest.body["scheduledAudits"]]
    assert names == ["a", "b", "c"]

    refused = await asked(api, *listing, position - 1, nextToken=token)
    assert (refused.status, refused.error) == (400, "InvalidRequestException")
    assert f"as of position {position} " in refused.message
    assert f"as of position {position - 1} " in refused.message
    refused = await api.call("ListScheduledAudits", nextToken=token)
    assert refused.status == 400
    assert "of the present" in refused.message
    of_now = (await api.call("ListScheduledAudits", maxResults=2)).body["nextToken"]
    refused = await asked(api, *listing, position, nextToken=of_now)
    assert refused.status == 400
    assert "of the present" in refused.message


async def test_an_audit_as_it_went_on(api):
    await configure(api, LOGGING, CA_EXPIRING)
    task_id = await start(api, LOGGING, CA_EXPIRING)
    began = api.services.progress.position
    work = AuditAtWork(api.services, task_id)
    work.find(CA_EXPIRING, device_certificate(), examined=7)
    amid = api.services.progress.position
    work.complete([LOGGING, CA_EXPIRING])

    path = f"/audit/tasks/{task_id}"
    states = [(await asked(api, "DescribeAuditTask", path, at)).body for at in (began, amid)]
    counts = [state["auditDetails"][CA_EXPIRING]["totalResourcesCount"] for state in states]
    assert counts == [0, 7]
    assert [state["taskStatus"] for state in states] == ["IN_PROGRESS", "IN_PROGRESS"]
    [finding] = (await api.call("ListAuditFindings", taskId=task_id)).body["findings"]
    of_finding = "DescribeAuditFinding", f"/audit/findings/{finding['findingId']}"
    assert (await asked(api, *of_finding, amid)).body["finding"] == finding
    assert (await asked(api, *of_finding, began)).status == 404
    assert (await asked(api, "DescribeAuditTask", path, began - 2)).status == 404


async def test_what_was_retained_then_is_told_though_it_is_not_now(api):
    await configure(api, CA_EXPIRING)
    task_id = await start(api, CA_EXPIRING)
    work = AuditAtWork(api.services, task_id)
    work.find(CA_EXPIRING, device_certificate())
    work.complete([CA_EXPIRING])
    ended = api.services.clock.now()
    path = f"/audit/tasks/{task_id}"
    pass_time(api, days=400)
    assert (await api.call("DescribeAuditTask", taskId=task_id)).status == 404
    for days, status in ((0, 200), (179, 200), (181, 404)):
        moment = (ended + timedelta(days=days)).isoformat()
        assert (await asked(api, "DescribeAuditTask", path, moment)).status == status


async def test_an_audit_that_was_archived_since_is_said_to_be(api):
    await configure(api, CA_EXPIRING)
    task_id = await start(api, CA_EXPIRING)
    work = AuditAtWork(api.services, task_id)
    work.find(CA_EXPIRING, device_certificate())
    work.complete([CA_EXPIRING])
    [finding] = (await api.call("ListAuditFindings", taskId=task_id)).body["findings"]
    then = api.services.progress.position
    archive(api.services, TaskId(task_id), last_position=then)
    assert await api.services.progress.passed(then + 1, 10)

    for operation, path in (
        ("DescribeAuditTask", f"/audit/tasks/{task_id}"),
        ("DescribeAuditFinding", f"/audit/findings/{finding['findingId']}"),
    ):
        answer = await asked(api, operation, path, then)
        assert (answer.status, answer.error) == (404, "ResourceNotFoundException")
        assert "1.ndjson.gz" in answer.message
        later = await asked(api, operation, path, then + 1)
        assert later.status == 404
        assert "1.ndjson.gz" not in later.message


def archive(services, task_id, last_position):
    """Take an audit out of the log, as retention does."""
    summary = ArchiveSummary(
        "000000000000/1.ndjson.gz", "ab" * 32, 9, 2, last_position, {CheckName(CA_EXPIRING): 2}
    )
    account = services.settings.account
    history = History(account, services.clock.now())
    history.add(AuditTaskArchived, audit_archive_id(account, task_id), task_id=task_id, summary=summary)
    log = services.past._log
    log.append(history.events)
    log.remove([audit_task_id(account, task_id)])
