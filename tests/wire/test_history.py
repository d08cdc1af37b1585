"""Who did what, over HTTP: filters, pages, exports, and refused commands, which are no history."""

from datetime import timedelta

import orjson
import pytest

from tests.support.api_story import CA_EXPIRING, LOGGING, ROLE, configure, schedule, start

HISTORY = "/fleet-audit/history"


async def got(api, path=HISTORY, **query):
    async with api.session.get(path, params=query) as response:
        return response.status, await response.json()


async def sentences(api, **query):
    status, body = await got(api, oldestFirst="true", **query)
    assert status == 200, body
    return [each["sentence"] for each in body["history"]]


@pytest.fixture
async def lively(api):
    """A check is enabled, scheduled and run; the role changes."""
    await configure(api, LOGGING, CA_EXPIRING)
    api.services.clock.advance(timedelta(minutes=1))
    await schedule(api, "nightly")
    await start(api, LOGGING)
    return api


async def test_every_command_is_told_in_plain_words(lively):
    [role, enabled, scheduled, asked, started] = await sentences(lively)
    assert role == f"changed the role (none -> {ROLE})"
    assert enabled == f"enabled the checks {LOGGING}, {CA_EXPIRING} (none -> enabled)"
    assert scheduled.startswith("created the scheduled audit nightly (frequency: none -> DAILY")
    assert asked.startswith("asked for the audit ")
    assert started.endswith(f", of the check {LOGGING}")


async def test_an_event_says_who_when_and_by_which_request(lively):
    changed = await lively.call("UpdateAccountAuditConfiguration", roleArn=f"{ROLE}-2")
    _, body = await got(lively, maxResults="1")
    [event] = body["history"]
    assert event["actor"] == "AKIDEXAMPLE"
    assert event["requestId"] == changed.headers["x-amzn-RequestId"]
    assert event["time"] == lively.services.clock.now().timestamp()
    assert event["kind"] == "AuditAccount.RoleChanged.v1"
    assert event["changes"] == [{"member": "roleArn", "from": ROLE, "to": f"{ROLE}-2"}]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"kind": "AuditAccount"}, 4),
        ({"kind": "AuditTask.Started.v2"}, 1),
        ({"actor": "AKIDEXAMPLE"}, 5),
        ({"actor": "dispatcher"}, 0),
        ({"scheduledAuditName": "nightly"}, 1),
        ({"checkName": CA_EXPIRING}, 1),
        ({"endTime": "2026-01-01T00:00:00Z"}, 2),
        ({"startTime": "2026-01-01T00:00:01Z"}, 3),
        ({"stream": "00000000-0000-0000-0000-000000000000"}, 0),
    ],
)
async def test_a_filter(lively, query, count):
    assert len(await sentences(lively, **query)) == count


async def test_it_is_read_page_by_page(lively):
    read: list[int] = []
    token: dict[str, str] = {}
    while True:
        _, body = await got(lively, maxResults="2", **token)
        read += [each["position"] for each in body["history"]]
        if "nextToken" not in body:
            break
        token = {"nextToken": body["nextToken"]}
    assert read == sorted(read, reverse=True)
    assert len(read) == 5


@pytest.mark.parametrize(
    "query",
    [
        {"kind": ""},
        {"kind": "\U0010ffff"},
        {"actor": "a" * 129},
        {"stream": "1"},
        {"taskId": "../1"},
        {"startTime": "yesterday"},
        {"oldestFirst": "perhaps"},
        {"maxResults": "251"},
        {"nextToken": "AAAA"},
    ],
)
async def test_what_is_wrong_is_refused(calm_api, query):
    status, body = await got(calm_api, **query)
    assert status == 400
    assert next(iter(query)) in body["message"]


async def test_an_export_has_the_whole_of_each_event(lively):
    async with lively.session.get(f"{HISTORY}/export") as response:
        assert response.content_type == "application/x-ndjson"
        lines = [orjson.loads(line) for line in (await response.read()).splitlines()]
    async with lively.session.get(f"{HISTORY}/export", params={"format": "json"}) as response:
        assert response.content_type == "application/json"
        assert await response.json() == lines
    assert [line["position"] for line in lines] == sorted(line["position"] for line in lines)
    assert lines[0]["event"] == {"causation_id": "", "role_arn": ROLE}
    assert [line["sentence"] for line in lines] == await sentences(lively)


async def test_an_export_of_nothing_is_empty(calm_api):
    for how, body in (("ndjson", b""), ("json", b"[]\n")):
        async with calm_api.session.get(f"{HISTORY}/export", params={"format": how}) as response:
            assert await response.read() == body


async def test_a_long_export_comes_in_its_order(api):
    await configure(api, LOGGING)
    for number in range(600):
        await api.call("UpdateAccountAuditConfiguration", roleArn=f"{ROLE}-{number}")
    async with api.session.get(f"{HISTORY}/export", params={"kind": "AuditAccount.RoleChanged"}) as response:
        lines = [orjson.loads(line) async for line in response.content]
    assert [line["event"]["role_arn"] for line in lines] == [ROLE, *(f"{ROLE}-{each}" for each in range(600))]


async def test_a_wrong_export_is_refused_before_it_begins(calm_api):
    async with calm_api.session.get(f"{HISTORY}/export", params={"format": "xml"}) as response:
        assert (response.status, response.headers["x-amzn-ErrorType"]) == (400, "InvalidRequestException")


async def test_refused_commands_are_no_history_and_are_noted(api):
    await configure(api, LOGGING)
    before = await sentences(api)
    refused = await api.call("StartOnDemandAuditTask", targetCheckNames=[CA_EXPIRING])
    api.services.clock.advance(timedelta(seconds=1))
    await api.call("CancelAuditTask", taskId="1")
    await api.call("DescribeAuditTask", taskId="1")  # a question
    assert await sentences(api) == before
    _, body = await got(api, "/fleet-audit/refusals")
    assert [each["operation"] for each in body["refusals"]] == ["CancelAuditTask", "StartOnDemandAuditTask"]
    noted = body["refusals"][1]
    assert noted["requestId"] == refused.headers["x-amzn-RequestId"]
    assert (noted["actor"], noted["error"]) == ("AKIDEXAMPLE", "InvalidRequestException")
    assert noted["message"] == refused.message


async def test_refusals_are_filtered_and_read_page_by_page(api):
    times = []
    for _ in range(3):
        times.append(api.services.clock.now())
        await api.call("CancelAuditTask", taskId="1")
        api.services.clock.advance(timedelta(seconds=2))
    _, first = await got(api, "/fleet-audit/refusals", maxResults="2")
    _, rest = await got(api, "/fleet-audit/refusals", nextToken=first["nextToken"])
    read = [each["time"] for each in first["refusals"] + rest["refusals"]]
    assert read == [time.timestamp() for time in reversed(times)]
    _, some = await got(api, "/fleet-audit/refusals", startTime=times[1].isoformat(), actor="AKIDEXAMPLE")
    assert len(some["refusals"]) == 2
    _, none = await got(api, "/fleet-audit/refusals", actor="somebody", endTime=times[1].isoformat())
    assert none["refusals"] == []
