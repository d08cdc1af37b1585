"""What a question about the past costs beside one about the present, for an account whose stream has 50 events.

Over HTTP on one connection, one after the other, alternating. Every moment is another one, so that nothing is
answered from what was kept. Then what is kept, and the findings of a large audit.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

import aiohttp

from events.application import Judgement
from events.check_run import CheckPlan
from events.check_shard import ShardId, ShardTally
from events.event import Cause
from events.vocabulary import AccountId, CheckName, Severity, TaskId
from service.access.door_settings import Door
from service.listening import listening
from service.services import Services
from service.settings import Settings
from tests.support.api_story import CA_EXPIRING, ROLE
from tests.support.audit_at_work import device_certificate
from tests.support.front_end import services

EVENTS = 50
ASKED = 300
MOST = 3.0
"""Times as long as a present describe."""

FINDINGS = 100_000
CONFIGURATION = "/audit/configuration"
UNTHROTTLED = Settings(door=Door(throttling="1000000"))


def main() -> None:
    """Print what was measured; end with status 1 if it is beyond its limit."""
    with tempfile.TemporaryDirectory() as directory, services(Path(directory), UNTHROTTLED) as given:
        if asyncio.run(_measured(given)) > MOST:
            sys.exit(1)


async def _measured(given: Services) -> float:
    async with listening(given) as url, aiohttp.ClientSession(url) as session:
        for number in range(EVENTS - 1):  # the first call is two events
            checks = {CA_EXPIRING: {"enabled": True}}
            body = {"roleArn": f"{ROLE}-{number}", "auditCheckConfigurations": checks}
            async with session.patch(CONFIGURATION, json=body) as response:
                assert response.status == 200
        async with session.post("/audit/tasks", json={"targetCheckNames": [CA_EXPIRING]}) as response:
            task = TaskId((await response.json())["taskId"])
        own = given.progress.position
        await asyncio.to_thread(_judge, given, task)
        last = given.progress.position
        assert last - own > ASKED, "so many moments, in all of which the account's stream is the same"
        present, past, kept = [], [], []
        for moment in range(own, own + ASKED):
            present.append(await _timed(session, {}))
            past.append(await _timed(session, {"X-Fleet-Audit-As-Of": str(moment)}))
            kept.append(await _timed(session, {"X-Fleet-Audit-As-Of": str(moment)}))
        times = statistics.median(past) / statistics.median(present)
        for name, found in (("present describe", present), ("as of, read anew", past), ("as of, kept", kept)):
            print(f"{name:20} {statistics.median(found) * 1000:6.2f} ms (median of {ASKED})")  # noqa: T201
        print(f"as of / present      {times:6.2f}  (at most {MOST})")  # noqa: T201
        await _findings(session, task, last)
    return times


async def _timed(session: aiohttp.ClientSession, headers: dict[str, str]) -> float:
    began = time.perf_counter()
    async with session.get(CONFIGURATION, headers=headers) as response:
        await response.read()
        assert response.status == 200
    return time.perf_counter() - began


async def _findings(session: aiohttp.ClientSession, task: TaskId, moment: int) -> None:
    asked = {"taskId": task, "maxResults": 250}
    for name in ("first page", "the page again"):
        began = time.perf_counter()
        headers = {"X-Fleet-Audit-As-Of": str(moment)}
        async with session.post("/audit/findings", json=asked, headers=headers) as response:
            assert len((await response.json())["findings"]) == 250
        seconds = time.perf_counter() - began
        print(f"{FINDINGS:,} findings, {name}: {seconds:.2f} s")  # noqa: T201


def _judge(given: Services, task: TaskId) -> None:
    check = CheckName(CA_EXPIRING)
    cause = Cause(AccountId("000000000000"), given.clock.now(), "worker", "request-1")
    given.application.record_check_plan(task, check, CheckPlan(1, [None], 1, []), cause).result()
    findings = [device_certificate(f"{number:064x}") for number in range(FINDINGS)]
    judgement = Judgement(findings, ShardTally(FINDINGS, FINDINGS), Severity.MEDIUM)
    given.application.record_judgement(ShardId(task, check, 0), judgement, cause)
    again = given.application.record_check_plan(task, check, CheckPlan(1, [None], 1, []), cause)
    assert given.progress.wait(again.result().position, 120)
