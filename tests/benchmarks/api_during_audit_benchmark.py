"""How fast the API answers while audits over 100,000 certificates run one after the other in the same process."""

import asyncio
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

import aiohttp

from events.clock import SystemClock
from service.access.door_settings import Door
from service.embedded import embedded
from service.listening import listening
from service.services import Services
from service.settings import Settings
from tests.benchmarks.audit_benchmark import CERTIFICATES, enable_the_check, import_certificates, run_audit
from tests.benchmarks.load import Load, Measured, Request, measure

CLIENTS = 4
SECONDS = 8.0

SLOWEST_P99 = 50.0
"""Milliseconds."""


def main() -> None:
    """Print what was measured; end with status 1 if it is beyond its limit."""
    with tempfile.TemporaryDirectory() as directory:
        settings = Settings(data_directory=Path(directory), port=0, door=Door(throttling="1000000"))
        with embedded(settings, SystemClock()) as services:
            import_certificates(services)
            enable_the_check(services)
            run_audit(services)
            idle, busy, audits = asyncio.run(_measure(services))
    for label, measured in (("idle", idle), (f"during {audits} audits of {CERTIFICATES:,}", busy)):
        print(  # noqa: T201
            f"{label:30} {measured.answers_a_second:6.0f} a second, "
            f"p50 {measured.p50:5.1f} ms, p99 {measured.p99:5.1f} ms"
        )
    print(f"{'':30} (p99 at most {SLOWEST_P99} ms)")  # noqa: T201
    if busy.p99 > SLOWEST_P99:
        sys.exit(1)


async def _measure(services: Services) -> tuple[Measured, Measured, int]:
    async with listening(services) as url:
        load = Load(url, CLIENTS, SECONDS, await _questions(url, services))
        idle = await measure(load)
        asking = asyncio.create_task(measure(load))
        audits = 0
        while not asking.done():
            await asyncio.to_thread(run_audit, services)
            audits += 1
        return idle, await asking, audits


async def _questions(url: str, services: Services) -> list[Request]:
    """One of each kind: what is kept, what is listed, and a page of findings."""
    now = services.clock.now()
    start, end = ((now + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ") for days in (-1, 1))
    tasks = f"/audit/tasks?startTime={start}&endTime={end}"
    async with aiohttp.ClientSession(url) as session, session.get(tasks) as listed:
        task_id = (await listed.json())["tasks"][0]["taskId"]
    return [
        ("GET", f"/audit/tasks/{task_id}", ""),
        ("GET", tasks, ""),
        ("GET", "/audit/configuration", ""),
        ("POST", "/audit/findings", f'{{"taskId": "{task_id}"}}'),
    ]


if __name__ == "__main__":
    main()
