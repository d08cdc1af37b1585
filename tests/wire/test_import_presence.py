"""POST /fleet-audit/inventory/presence on a real socket, over the real store."""

import json

import aiohttp
import pytest

from service.listening import listening
from service.operations.import_presence import PATH
from tests.support.described_answers import REFEREES
from tests.support.presence import members
from tests.support.raw_http import exchange, request

NDJSON = {"Content-Type": "application/x-ndjson"}
SHARED = "DEVICE_CERTIFICATE_SHARED_CHECK"
ROLE = "arn:aws:iam::000000000000:role/audit"


def line(event_type: str = "connected", **changed) -> bytes:
    return json.dumps(members(event_type, **changed)).encode() + b"\n"


@pytest.fixture
async def url(serving):
    async with listening(serving) as url:
        yield url


@pytest.fixture
async def post(url):
    async with aiohttp.ClientSession(url, headers=NDJSON, middlewares=REFEREES) as session:

        async def send(body):
            async with session.post(PATH, data=body) as response:
                assert response.headers["x-amzn-RequestId"]
                return response.status, await response.json()

        yield send


async def switch(api, *, enabled: bool, check: str = SHARED) -> None:
    answer = await api.call(
        "UpdateAccountAuditConfiguration",
        roleArn=ROLE,
        auditCheckConfigurations={
            check: {"enabled": enabled},
            "LOGGING_DISABLED_CHECK": {"enabled": True},
        },
    )
    assert answer.status == 200


async def test_without_a_check_that_needs_them_events_are_ignored_and_it_is_said_why(post):
    assert await post(line() + line("disconnected")) == (
        200,
        {
            "isCollecting": False,
            "recorded": 0,
            "repeated": 0,
            "ignored": 2,
            "message": "Connections are collected only while a check that needs them is enabled: "
            "CONFLICTING_CLIENT_IDS_CHECK or DEVICE_CERTIFICATE_SHARED_CHECK.",
            "rejected": 0,
            "rejections": [],
        },
    )


@pytest.mark.parametrize("check", [SHARED, "CONFLICTING_CLIENT_IDS_CHECK"])
async def test_events_that_follow_the_enabling_at_once_are_recorded(api, post, check):
    await switch(api, enabled=True, check=check)
    body = line() + line("disconnected") + b"garbage\n\n" + line(clientId="") + line()
    status, answer = await post(body)
    rejections = answer.pop("rejections")
    assert (status, answer) == (
        200,
        {"isCollecting": True, "recorded": 2, "repeated": 1, "ignored": 0, "rejected": 2},
    )
    assert [each["line"] for each in rejections] == [3, 5]
    assert rejections[0]["reason"].startswith("not JSON")
    assert rejections[1]["reason"].startswith("clientId must be")


async def test_events_that_follow_the_disabling_are_ignored(api, post):
    await switch(api, enabled=True)
    assert (await post(line()))[1]["recorded"] == 1
    await switch(api, enabled=False)
    assert (await post(line()))[1]["ignored"] == 1
    await switch(api, enabled=True)
    assert (await post(line()))[1]["recorded"] == 1


async def test_a_stream_of_any_length_is_taken(api, post):
    await switch(api, enabled=True)

    async def stream():
        for first in range(0, 20_000, 500):
            yield b"".join(line(sessionIdentifier=f"s{number}") for number in range(first, first + 500))

    assert (await post(stream()))[1]["recorded"] == 20_000


async def test_no_events_are_an_answer_too(api, post):
    await switch(api, enabled=True)
    assert (await post(b""))[1] == {
        "isCollecting": True,
        "recorded": 0,
        "repeated": 0,
        "ignored": 0,
        "rejected": 0,
        "rejections": [],
    }


async def test_a_line_that_never_ends_is_rejected_and_the_rest_read(api, post):
    await switch(api, enabled=True)
    answer = (await post(b"x" * 1_000_000 + b"\n" + line()))[1]
    assert (answer["recorded"], answer["rejections"]) == (1, [{"line": 1, "reason": "longer than 65,536 bytes"}])


@pytest.mark.parametrize("content_type", [None, "text/plain"])
async def test_a_body_that_any_web_page_could_send_is_refused(url, content_type):
    given = [f"Content-Type: {content_type}"] if content_type else []
    answer = await exchange(url, request("POST", PATH, line(), *given))
    assert (answer.status, answer.error) == (400, "InvalidRequestException")
