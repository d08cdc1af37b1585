"""An audit is watched as it goes on: server-sent events."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson
import pytest

from events.vocabulary import CheckRunStatus
from service.access.streams import MOST_OF_AN_ACCOUNT
from service.listening import listening
from tests.support.api_story import DEVICE_EXPIRING, LOGGING, configure, start
from tests.support.audit_at_work import AuditAtWork
from tests.support.front_end import caller

PATIENCE = 10.0


@dataclass
class Told:
    """One event."""

    id: int
    kind: str
    data: dict[str, Any]


@pytest.fixture
async def configured(api):
    await configure(api, LOGGING, DEVICE_EXPIRING)
    return api


@asynccontextmanager
async def watching(api, task_id, last_event_id=None) -> AsyncIterator[AsyncIterator[Told]]:
    headers = {} if last_event_id is None else {"Last-Event-ID": str(last_event_id)}
    async with api.session.get(f"/fleet-audit/tasks/{task_id}/events", headers=headers) as response:
        assert response.status == 200
        assert response.content_type == "text/event-stream"
        yield told(response)


async def told(response) -> AsyncIterator[Told]:
    async with asyncio.timeout(PATIENCE):
        fields: dict[str, str] = {}
        async for line in response.content:
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name:
                fields[name] = value
            elif fields:
                yield Told(int(fields["id"]), fields["event"], orjson.loads(fields["data"]))
                fields = {}


async def test_an_audit_is_told_from_its_plan_to_its_end(configured):
    task_id = await start(configured, LOGGING)
    audit = AuditAtWork(configured.services, task_id)
    async with watching(configured, task_id) as events:
        first = await anext(events)
        assert first.kind == "progress"
        assert first.data == {
            "taskId": task_id,
            "taskStatus": "IN_PROGRESS",
            "checks": {
                LOGGING: {
                    "checkRunStatus": "IN_PROGRESS",
                    "shardsDone": 0,
                    "totalResourcesCount": 0,
                    "nonCompliantResourcesCount": 0,
                    "findingsCount": 0,
                }
            },
        }
        await asyncio.to_thread(audit.find, LOGGING, examined=5)
        found = await anext(events)
        while found.data["checks"][LOGGING]["shardsDone"] == 0:  # the plan and the shard may be told one by one
            found = await anext(events)
        assert found.data["checks"][LOGGING] == {
            "checkRunStatus": "IN_PROGRESS",
            "shardsPlanned": 2,
            "shardsDone": 1,
            "totalResourcesCount": 5,
            "nonCompliantResourcesCount": 0,
            "findingsCount": 0,
        }
        await asyncio.to_thread(audit.end, LOGGING, CheckRunStatus.COMPLETED_COMPLIANT)
        rest = [event async for event in events]
    assert [event.kind for event in rest][-1] == "end"
    assert rest[-1].data["taskStatus"] == "COMPLETED"
    ids = [event.id for event in (first, found, *rest)]
    assert ids == sorted(set(ids))


async def test_an_audit_that_has_ended_is_told_at_once_and_the_stream_ends(configured):
    task_id = await start(configured, LOGGING)
    await configured.call("CancelAuditTask", taskId=task_id)
    for last_seen in (None, 10**6):
        async with watching(configured, task_id, last_seen) as events:
            [only] = [event async for event in events]
        assert (only.kind, only.data["taskStatus"]) == ("end", "CANCELED")


async def test_who_comes_back_is_told_only_what_is_newer(configured):
    task_id = await start(configured, LOGGING)
    audit = AuditAtWork(configured.services, task_id)
    async with watching(configured, task_id) as events:
        seen = await anext(events)
    async with watching(configured, task_id, seen.id) as events:
        await asyncio.to_thread(audit.find, LOGGING, examined=5)
        newer = await anext(events)
    assert newer.id > seen.id
    assert newer.data["checks"][LOGGING]["shardsPlanned"] == 2


async def test_a_stream_ends_when_the_service_stops(serving):
    async with AsyncExitStack() as outlives_the_service:
        async with listening(serving) as url:
            api = await outlives_the_service.enter_async_context(caller(url, serving))
            await configure(api, LOGGING)
            task_id = await start(api, LOGGING)
            events = await outlives_the_service.enter_async_context(watching(api, task_id))
            assert (await anext(events)).kind == "progress"
        assert [event async for event in events] == []


@pytest.mark.parametrize("task_id", ["a" * 32, "b", "%00", "..%2f.."])
async def test_there_is_nothing_to_watch_of_an_audit_that_is_not_there(api, task_id):
    async with api.session.get(f"/fleet-audit/tasks/{task_id}/events") as response:
        assert response.status == 404
        assert response.headers["x-amzn-ErrorType"] == "ResourceNotFoundException"


@pytest.mark.parametrize("last_event_id", ["x", "-1", "1.5", "9" * 19, "²"])
async def test_an_id_that_no_event_has_is_refused(configured, last_event_id):
    task_id = await start(configured, LOGGING)
    headers = {"Last-Event-ID": last_event_id}
    async with configured.session.get(f"/fleet-audit/tasks/{task_id}/events", headers=headers) as response:
        assert response.status == 400
        assert "Last-Event-ID" in (await response.json())["message"]


async def test_an_account_watches_so_often_at_once_and_no_more(configured):
    task_id = await start(configured, LOGGING)
    path = f"/fleet-audit/tasks/{task_id}/events"
    async with AsyncExitStack() as opened:
        for _ in range(MOST_OF_AN_ACCOUNT):
            events = await opened.enter_async_context(watching(configured, task_id))
            assert (await anext(events)).kind == "progress"
        async with configured.session.get(path) as refused:
            assert (refused.status, refused.headers["x-amzn-ErrorType"]) == (410, "LimitExceededException")
    async with asyncio.timeout(PATIENCE):  # those have gone, and are noticed
        while True:
            async with configured.session.get(path) as again:
                if again.status == 200:
                    break
