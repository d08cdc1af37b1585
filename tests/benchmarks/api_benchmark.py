"""How fast the API answers, against the least that could answer, in the same run.

DescribeAuditTask is measured against a bare aiohttp handler that sends the same bytes; UpdateScheduledAudit, where
each request is a new event on the disk, against a bare loop that inserts one row a transaction into SQLite. All is
counted for /metrics meanwhile; another DescribeAuditTask is measured with a line of JSON for each request besides.
"""

import asyncio
import logging
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import aiohttp
from aiohttp import web

from service.access.door_settings import Door
from service.listening import listening
from service.observing.log_lines import log_to
from service.observing.settings import Observing
from service.services import Services
from service.settings import Settings
from tests.benchmarks.load import Load, Measured, Request, measure
from tests.support.front_end import services
from workers.checks import REGISTRY

CLIENTS = 32
SECONDS = 2.0
ROUNDS = 5

LEAST_OF_A_BARE_HANDLER = 0.3
LEAST_OF_A_BARE_INSERT = 0.5

UNTHROTTLED = Settings(door=Door(throttling="1000000"))
"""Every request is counted, and none refused."""

DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
EVENT = b"x" * 300
"""About as much as one event has."""


def main() -> None:
    """Print what was measured; end with status 1 if it is beyond its limits."""
    with tempfile.TemporaryDirectory() as directory, services(Path(directory), UNTHROTTLED) as given:
        *describes, update = asyncio.run(_rounds(given, Path(directory)))
    if min(describes) < LEAST_OF_A_BARE_HANDLER or update < LEAST_OF_A_BARE_INSERT:
        sys.exit(1)


async def _rounds(given: Services, directory: Path) -> tuple[float, float, float]:
    async with listening(given) as url:
        task_path, task = await _prepare(url)
        async with _bare_handler(task) as bare_url:
            describes = [
                (await _ask_much(bare_url, task_path), await _ask_much(url, task_path)) for _ in range(ROUNDS)
            ]
            with _a_line_for_each_request(directory / "log"):
                logged = [
                    (await _ask_much(bare_url, task_path), await _ask_much(url, task_path)) for _ in range(ROUNDS)
                ]
        changes: list[Request] = [
            ("PATCH", "/audit/scheduledaudits/weekly", f'{{"dayOfWeek": "{day}"}}') for day in DAYS
        ]
        updates = [
            (await asyncio.to_thread(_bare_inserts, directory), await _ask(url, *changes)) for _ in range(ROUNDS)
        ]
    return (
        _report("DescribeAuditTask", "bare handler", describes, LEAST_OF_A_BARE_HANDLER),
        _report("... with a log", "bare handler", logged, LEAST_OF_A_BARE_HANDLER),
        _report("UpdateScheduledAudit", "bare INSERT", updates, LEAST_OF_A_BARE_INSERT),
    )


async def _ask(url: str, *requests: Request) -> Measured:
    return await measure(Load(url, CLIENTS, SECONDS, list(requests)))


async def _ask_much(url: str, path: str) -> Measured:
    """With as many under way, on fewer connections: else it is the one who asks that is measured."""
    pipelined = 8
    return await measure(Load(url, CLIENTS // pipelined, SECONDS, [("GET", path, "")], pipelined))


async def _prepare(url: str) -> tuple[str, bytes]:
    """Enable every check, schedule an audit, start another; return the path of the latter, and its description."""
    async with aiohttp.ClientSession(url) as session:
        checks = {"auditCheckConfigurations": {name: {"enabled": True} for name in REGISTRY}}
        configuration = {"roleArn": "arn:aws:iam::000000000000:role/audit", **checks}
        audit = {"frequency": "WEEKLY", "dayOfWeek": "SUN", "targetCheckNames": list(REGISTRY)}
        await session.patch("/audit/configuration", json=configuration)
        await session.post("/audit/scheduledaudits/weekly", json=audit)
        started = await session.post("/audit/tasks", json={"targetCheckNames": list(REGISTRY)})
        path = f"/audit/tasks/{(await started.json())['taskId']}"
        described = await session.get(path)
        return path, await described.read()


@asynccontextmanager
async def _bare_handler(body: bytes) -> AsyncIterator[str]:
    async def handle(_: web.Request) -> web.Response:
        return web.Response(body=body, content_type="application/json")

    app = web.Application()
    app.router.add_get("/audit/tasks/{taskId}", handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@contextmanager
def _a_line_for_each_request(path: Path) -> Iterator[None]:
    with path.open("w") as stream:
        log_to(stream, Observing(log_format="json", log_level="info"))
        yield
        logging.basicConfig(level=logging.WARNING, force=True)


def _bare_inserts(directory: Path) -> Measured:
    """One row a transaction, each on the disk before the next, in the mode in which the log is kept."""
    database = sqlite3.connect(directory / "bare.sqlite", isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE IF NOT EXISTS events (position INTEGER PRIMARY KEY, state BLOB)")
    took = []
    begin = time.perf_counter()
    while (asked := time.perf_counter()) - begin < SECONDS:
        database.execute("INSERT INTO events (state) VALUES (?)", (EVENT,))
        took.append((time.perf_counter() - asked) * 1000)
    database.close()
    took.sort()
    return Measured(len(took) / (asked - begin), took[len(took) // 2], took[len(took) * 99 // 100])


def _report(name: str, peer_name: str, rounds: list[tuple[Measured, Measured]], least: float) -> float:
    peers, ours = zip(*rounds, strict=True)
    share = statistics.median(our.answers_a_second / peer.answers_a_second for peer, our in rounds)
    for label, measured in ((peer_name, peers), (name, ours)):
        rate = statistics.median(each.answers_a_second for each in measured)
        p99 = statistics.median(each.p99 for each in measured)
        print(f"{label:22} {rate:8.0f} a second, p99 {p99:6.1f} ms")  # noqa: T201
    print(f"{'':22} {share:8.2f} of the {peer_name} (at least {least})")  # noqa: T201
    return share


if __name__ == "__main__":
    main()
