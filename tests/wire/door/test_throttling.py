"""Who asks too often is told so in AWS's words, and AWS's own client gets through all the same."""

import asyncio

import boto3
import pytest
from botocore.config import Config

from service.access.door_settings import Door
from service.listening import listening, listening_in_a_thread
from service.settings import Settings
from tests.support.api_story import LOGGING, configure, start
from tests.support.front_end import caller, services
from tests.support.raw_http import read_answer, request
from tests.support.scraping import scrape

SCHEDULES = request("GET", "/audit/scheduledaudits")
AT_ONCE = 60


def throttling(preset, **others):
    return Settings(door=Door(throttling=preset), **others)


async def answers_to(url, raw, count=AT_ONCE):
    """The answers to so many requests at once."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
    writer.write(raw * count)
    try:
        return [await read_answer(reader) for _ in range(count)]
    finally:
        writer.close()


@pytest.mark.parametrize("status", [429, 400])
async def test_too_many_are_refused_as_aws_does(tmp_path, status):
    with services(tmp_path, throttling("aws", throttling_status=status)) as given:
        async with listening(given) as url:
            answers = await answers_to(url, SCHEDULES)
    assert [each.status for each in answers[:5]] == [200] * 5
    refused = [each for each in answers if each.status != 200]
    assert len(refused) >= AT_ONCE / 2
    for each in refused:
        assert (each.status, each.error, each.message) == (status, "ThrottlingException", "Rate exceeded")
        assert each.headers["Retry-After"] == "1"


async def test_one_operation_leaves_the_others_alone(tmp_path):
    with services(tmp_path, throttling("aws")) as given:
        async with listening(given) as url:
            await answers_to(url, SCHEDULES)
            assert (await answers_to(url, request("GET", "/audit/configuration"), 1))[0].status == 200
            assert {each.status for each in await answers_to(url, request("GET", "/health/live"))} == {200}
            assert {each.status for each in await answers_to(url, request("GET", "/metrics"))} == {200}
            assert {each.status for each in await answers_to(url, request("GET", "/nowhere"))} == {404}


@pytest.mark.parametrize("preset", ["generous", "off"])
async def test_nothing_is_refused_that_is_not_far_too_much(tmp_path, preset):
    with services(tmp_path, throttling(preset)) as given:
        async with listening(given) as url:
            assert {each.status for each in await answers_to(url, SCHEDULES, 300)} == {200}


def test_it_is_counted(tmp_path):
    with services(tmp_path, throttling("aws")) as given, listening_in_a_thread(given) as url:
        answers = asyncio.run(answers_to(url, SCHEDULES))
        refused = sum(each.status == 429 for each in answers)
        seen = scrape(url)
    assert seen.value("fleet_audit_throttled_requests_total", operation="ListScheduledAudits") == refused > 0
    counted = seen.value("fleet_audit_request_seconds_count", operation="ListScheduledAudits", status="429")
    assert counted == refused
    assert seen.value("fleet_audit_unthrottled_requests_total") == 0


async def test_front_ends_share_what_is_in_redis(tmp_path, redis_server):
    chosen = throttling("aws", redis_url=redis_server.url)
    with services(tmp_path, chosen) as given:
        async with listening(given) as one, listening(given) as other:
            first = [each.status for each in await answers_to(one, SCHEDULES, 5)]
            rest = [each.status for each in await answers_to(other, SCHEDULES)]
    assert first == [200] * 5
    assert rest.count(429) >= AT_ONCE / 2


async def test_without_redis_requests_pass_and_it_shows(tmp_path, redis_server):
    with services(tmp_path, throttling("aws", redis_url=redis_server.url)) as given:
        async with listening(given) as url:
            redis_server.kill()
            statuses = {each.status for each in await answers_to(url, SCHEDULES)}
            seen = await asyncio.to_thread(scrape, url)
    assert statuses == {200}
    assert seen.value("fleet_audit_unthrottled_requests_total") == AT_ONCE


@pytest.mark.parametrize("mode", ["standard", "adaptive"])
def test_boto3_gets_a_burst_through(tmp_path, mode):
    with services(tmp_path, throttling("aws")) as given, listening_in_a_thread(given) as url:
        task_id = asyncio.run(_started(url, given))
        client = boto3.client(
            "iot",
            endpoint_url=url,
            region_name="us-east-1",
            aws_access_key_id="any",
            aws_secret_access_key="any",
            config=Config(retries={"mode": mode}),
        )
        told = [client.describe_audit_task(taskId=task_id)["taskStatus"] for _ in range(AT_ONCE)]
        refused = scrape(url).value("fleet_audit_throttled_requests_total", operation="DescribeAuditTask")
    assert told == ["IN_PROGRESS"] * AT_ONCE
    assert refused > 0


async def _started(url, given):
    async with caller(url, given) as api:
        await configure(api, LOGGING)
        return await start(api, LOGGING)
