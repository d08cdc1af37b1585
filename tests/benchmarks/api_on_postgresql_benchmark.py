"""How many commands a second go through the API into a log in PostgreSQL, beside bare INSERTs there.

An API and a coordinator run as processes of their own. A request is answered when its event is on the disk and the
read models, which the coordinator keeps, have it.
"""

import asyncio
import statistics
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import aiohttp
import psycopg

from tests.benchmarks.bare_inserts import BareInserts
from tests.benchmarks.load import Load, Measured, Request, measure
from tests.benchmarks.processor_time import first_process, processor_seconds
from tests.support.cluster import Cluster, on_servers
from tests.support.postgresql_server import PostgresqlServer, running_postgresql
from workers.checks import REGISTRY

CLIENTS = 32
SECONDS = 2.0
ROUNDS = 5
ROWS_ALONE = 1_000

LEAST_OF_BARE_INSERTS = 1.0

UNTHROTTLED = {"FLEET_AUDIT_THROTTLING": "1000000"}
"""Every request is counted, and none refused."""

DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


def main() -> None:
    """Print what was measured; end with status 1 if it is beyond its limit."""
    with (
        tempfile.TemporaryDirectory() as home,
        running_postgresql(fsync="on", shared_buffers="256MB") as server,
        on_servers(Path(home), server, UNTHROTTLED, apis=1, coordinators=1, workers=0) as cluster,
        closing(psycopg.connect(server.url(), autocommit=True)) as bare,
    ):
        cluster.active_coordinator()
        ratio = asyncio.run(_rounds(cluster, server, BareInserts(bare)))
    if ratio < LEAST_OF_BARE_INSERTS:
        sys.exit(1)


async def _rounds(cluster: Cluster, server: PostgresqlServer, bare: BareInserts) -> float:
    url = cluster.urls[0]
    await _prepare(url)
    changes: list[Request] = [
        ("PATCH", "/audit/scheduledaudits/weekly", f'{{"dayOfWeek": "{day}"}}') for day in DAYS
    ]
    rounds, used = [], []
    for _ in range(ROUNDS):
        alone = await asyncio.to_thread(bare.one_by_one, ROWS_ALONE)
        before = _processor_seconds(cluster, server)
        measured = await measure(Load(url, CLIENTS, SECONDS, changes))
        rounds.append((alone, measured))
        answers = measured.answers_a_second * SECONDS
        used.append(
            [
                (after - was) / answers
                for was, after in zip(before, _processor_seconds(cluster, server), strict=True)
            ]
        )
    return _report(rounds, [statistics.median(each) for each in zip(*used, strict=True)])


async def _prepare(url: str) -> None:
    """Enable every check, and schedule the audit that is to be changed."""
    async with aiohttp.ClientSession(url) as session:
        checks = {"auditCheckConfigurations": {name: {"enabled": True} for name in REGISTRY}}
        configuration = {"roleArn": "arn:aws:iam::000000000000:role/audit", **checks}
        audit = {"frequency": "WEEKLY", "dayOfWeek": "SUN", "targetCheckNames": list(REGISTRY)}
        async with session.patch("/audit/configuration", json=configuration) as answer:
            answer.raise_for_status()
        async with session.post("/audit/scheduledaudits/weekly", json=audit) as answer:
            answer.raise_for_status()


def _processor_seconds(cluster: Cluster, server: PostgresqlServer) -> list[float]:
    """Of the API, the coordinator and PostgreSQL."""
    return [
        processor_seconds(each)
        for each in (cluster.apis[0].process.pid, cluster.coordinators[0].process.pid, first_process(server))
    ]


def _report(rounds: list[tuple[float, Measured]], used: list[float]) -> float:
    alone, ours = zip(*rounds, strict=True)
    ratio = statistics.median(measured.answers_a_second / bare for bare, measured in rounds)
    rate, p99 = (statistics.median(getattr(each, name) for each in ours) for name in ("answers_a_second", "p99"))
    shares = ", ".join(
        f"{who} {seconds * 1e6:.0f} us"
        for who, seconds in zip(("API", "coordinator", "PostgreSQL"), used, strict=True)
    )
    print(f"bare INSERT            {statistics.median(alone):8.0f} a second")  # noqa: T201
    print(f"UpdateScheduledAudit   {rate:8.0f} a second, p99 {p99:6.1f} ms")  # noqa: T201
    print(f"{'':22} {ratio:8.2f} of bare INSERTs (at least {LEAST_OF_BARE_INSERTS})")  # noqa: T201
    print(f"processor a request    {shares}")  # noqa: T201
    return ratio


if __name__ == "__main__":
    main()
