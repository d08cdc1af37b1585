"""Pages neither skip nor repeat while rows arrive, and a token belongs to one query."""

from datetime import UTC, datetime, timedelta

import pytest

from service.listening import listening
from tests.support.api_story import CA_EXPIRING, LOGGING, configure, schedule, start
from tests.support.audit_at_work import AuditAtWork, device_certificate
from tests.support.front_end import caller, services

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PERIOD = {"startTime": NOW, "endTime": NOW + timedelta(days=1)}


@pytest.fixture
async def configured(api):
    await configure(api, LOGGING, CA_EXPIRING)
    return api


async def pages(api, operation, members, **asked):
    """Read a listing to its end; yield the members of each page."""
    token: dict[str, str] = {}
    while True:
        answer = await api.call(operation, **asked, **token)
        assert answer.status == 200, answer
        yield answer.body[members]
        if "nextToken" not in answer.body:
            return
        token = {"nextToken": answer.body["nextToken"]}


async def several_tasks(api, count):
    """Start audits, one a millisecond, and end each so that another may start."""
    ids = []
    for _ in range(count):
        api.services.clock.advance(timedelta(milliseconds=1))
        ids.append(await start(api, LOGGING))
        AuditAtWork(api.services, ids[-1]).complete([LOGGING])
    return ids[::-1]


async def test_scheduled_audits_come_page_by_page_in_the_order_of_their_names(configured):
    for name in ("c", "a", "e", "b", "d"):
        await schedule(configured, name)
    read = [
        [audit["scheduledAuditName"] for audit in page]
        async for page in pages(configured, "ListScheduledAudits", "scheduledAudits", maxResults=2)
    ]
    assert read == [["a", "b"], ["c", "d"], ["e"]]


async def test_the_last_page_may_be_full_and_has_no_token(configured):
    for name in ("a", "b"):
        await schedule(configured, name)
    read = [page async for page in pages(configured, "ListScheduledAudits", "scheduledAudits", maxResults=2)]
    assert [len(page) for page in read] == [2]


async def test_a_page_has_25_rows_unless_told_otherwise(configured):
    task = AuditAtWork(configured.services, await start(configured, CA_EXPIRING))
    task.find(CA_EXPIRING, *(device_certificate(f"{number:064x}") for number in range(260)))
    for asked, size in (({}, 25), ({"maxResults": 1}, 1), ({"maxResults": 250}, 250)):
        answer = await configured.call("ListAuditFindings", startTime=NOW, endTime=NOW, **asked)
        assert len(answer.body["findings"]) == size


async def test_tasks_that_start_meanwhile_move_nothing(configured):
    old = await several_tasks(configured, 7)
    read = []
    async for page in pages(configured, "ListAuditTasks", "tasks", maxResults=2, **PERIOD):
        read += [task["taskId"] for task in page]
        await several_tasks(configured, 1)
    assert read == old


async def test_findings_that_are_made_meanwhile_move_nothing(configured):
    task = AuditAtWork(configured.services, await start(configured, CA_EXPIRING))
    task.find(CA_EXPIRING, *(device_certificate(f"{number:064x}") for number in range(10)))
    read = []
    more = 1000
    async for page in pages(configured, "ListAuditFindings", "findings", maxResults=3, **PERIOD):
        read += [finding["nonCompliantResource"]["resourceIdentifier"]["deviceCertificateId"] for finding in page]
        configured.services.clock.advance(timedelta(milliseconds=1))
        task.find(CA_EXPIRING, device_certificate(f"{more:064x}"))
        more += 1
    assert sorted(read) == [f"{number:064x}" for number in range(10)]


async def test_a_listing_may_go_on_in_pages_of_another_size(configured):
    old = await several_tasks(configured, 4)
    first = await configured.call("ListAuditTasks", maxResults=1, **PERIOD)
    rest = await configured.call("ListAuditTasks", maxResults=250, nextToken=first.body["nextToken"], **PERIOD)
    assert [task["taskId"] for task in first.body["tasks"] + rest.body["tasks"]] == old


@pytest.mark.parametrize(
    "other",
    [
        {"startTime": NOW + timedelta(milliseconds=1)},
        {"endTime": NOW + timedelta(days=2)},
        {"taskType": "ON_DEMAND_AUDIT_TASK"},
        {"taskStatus": "COMPLETED"},
    ],
)
async def test_the_token_of_another_query_is_refused(configured, other):
    await several_tasks(configured, 2)
    first = await configured.call("ListAuditTasks", maxResults=1, **PERIOD)
    refused = await configured.call(
        "ListAuditTasks", maxResults=1, nextToken=first.body["nextToken"], **{**PERIOD, **other}
    )
    assert (refused.status, refused.error) == (400, "InvalidRequestException")
    assert "nextToken" in refused.message


async def test_the_token_of_another_operation_is_refused(configured):
    await several_tasks(configured, 2)
    token = (await configured.call("ListAuditTasks", maxResults=1, **PERIOD)).body["nextToken"]
    for operation, asked in (("ListScheduledAudits", {}), ("ListAuditFindings", PERIOD)):
        refused = await configured.call(operation, nextToken=token, **asked)
        assert (refused.status, refused.error) == (400, "InvalidRequestException")


async def test_a_listing_goes_on_after_a_restart(tmp_path):
    with services(tmp_path) as given:
        async with listening(given) as url, caller(url, given) as api:
            await configure(api, LOGGING)
            old = await several_tasks(api, 3)
            first = await api.call("ListAuditTasks", maxResults=2, **PERIOD)
    with services(tmp_path) as given:
        async with listening(given) as url, caller(url, given) as api:
            rest = await api.call("ListAuditTasks", nextToken=first.body["nextToken"], **PERIOD)
    assert [task["taskId"] for task in first.body["tasks"] + rest.body["tasks"]] == old


async def test_a_listing_that_began_within_the_retention_is_read_to_its_end(configured):
    await several_tasks(configured, 2)
    period = {**PERIOD, "startTime": configured.services.clock.now() - timedelta(days=180)}
    first = await configured.call("ListAuditTasks", maxResults=1, **period)
    configured.services.clock.advance(timedelta(minutes=6))
    rest = await configured.call("ListAuditTasks", nextToken=first.body["nextToken"], **period)
    assert (rest.status, len(rest.body["tasks"])) == (200, 1)
    assert (await configured.call("ListAuditTasks", **period)).status == 400
