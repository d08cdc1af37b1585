"""How soon one worker process and two have audited a million certificates, and how long they wait for work.

A worker has one thread, and so reads and judges one shard after the other. PostgreSQL, Redis, an API and a
coordinator share the processors with them. Where these are two, that bounds what a second worker can gain. So bare
readers go in the same rounds, one and two; and the seconds of the processor tell whether the work itself grows.
"""

import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import perf_counter

from events.vocabulary import AccountId
from tests.benchmarks.bare_readers import seconds_of_bare_readers
from tests.benchmarks.million_certificates import CERTIFICATES, EXPIRED_ONE_IN, fill_inventory
from tests.benchmarks.processor_time import first_process, processor_seconds
from tests.support.boto3_story import enable, start
from tests.support.cluster import Cluster, on_servers
from tests.support.postgresql_server import PostgresqlServer, running_postgresql
from tests.support.role_process import RoleProcess
from tests.support.scraping import scrape

ROUNDS = 3
LEAST_GAIN = 1.8
MOST_DISPATCHING = 0.05

ACCOUNT = AccountId("000000000000")
CHECKS = (
    "DEVICE_CERTIFICATE_EXPIRING_CHECK",
    "DEVICE_CERTIFICATE_KEY_QUALITY_CHECK",
    "DEVICE_CERTIFICATE_AGE_CHECK",
)

LOOK_AGAIN = 0.05
"""Seconds. boto3 takes some milliseconds of a processor for each look, which the workers then have not."""


@dataclass(frozen=True)
class Audit:
    """What one audit took."""

    seconds: float
    actors: float
    """Seconds, all workers together, in which an actor was at work."""
    processor: dict[str, float]
    """Seconds of the processor, by what had it."""


def main() -> None:
    """Print what was measured; end with status 1 if it is beyond its limits."""
    with (
        tempfile.TemporaryDirectory() as home,
        running_postgresql(shared_buffers="1GB", max_wal_size="8GB", autovacuum_naptime="60s") as server,
        on_servers(Path(home), server, apis=1, coordinators=1, workers=0) as cluster,
    ):
        began = perf_counter()
        fill_inventory(cluster.variables["FLEET_AUDIT_DATABASE_URL"], ACCOUNT)
        print(f"{CERTIFICATES:,} certificates made in {perf_counter() - began:.0f} s", flush=True)  # noqa: T201
        cluster.active_coordinator()
        enable(cluster.client(), *CHECKS)
        measured = _rounds(cluster, server)
    gain = statistics.median(one.seconds / two.seconds for one, two, _ in measured)
    dispatching = [
        _report(f"{number} worker process{'es' * (number > 1)}", number, audits)
        for number, audits in enumerate(zip(*((one, two) for one, two, _ in measured), strict=True), 1)
    ]
    bare = statistics.median(each[2] for each in measured)
    print(f"two are {gain:.2f} times one (at least {LEAST_GAIN}); of bare readers {bare:.2f} times")  # noqa: T201
    print(f"with processors enough, by their seconds in workers and PostgreSQL: {_gain_of_work(measured):.2f}")  # noqa: T201
    if gain < LEAST_GAIN or max(dispatching) > MOST_DISPATCHING:
        sys.exit(1)


def _rounds(cluster: Cluster, server: PostgresqlServer) -> list[tuple[Audit, Audit, float]]:
    """One worker, two, and what two bare readers are of one."""
    url = cluster.variables["FLEET_AUDIT_DATABASE_URL"]
    first = _worker(cluster)
    _audit(cluster, server, [first])
    measured = []
    for _ in range(ROUNDS):
        one = _audit(cluster, server, [first])
        second = _worker(cluster)
        two = _audit(cluster, server, [first, second])
        second.stop()
        bare = [seconds_of_bare_readers(url, ACCOUNT, number) for number in (1, 2)]
        measured.append((one, two, bare[0] / bare[1]))
    return measured


def _gain_of_work(measured: list[tuple[Audit, Audit, float]]) -> float:
    def work(audit: Audit) -> float:
        return audit.processor["workers"] + audit.processor["PostgreSQL"]

    return statistics.median(2 * work(one) / work(two) for one, two, _ in measured)


def _worker(cluster: Cluster) -> RoleProcess:
    worker = cluster.role("worker", "--threads", "1")
    cluster.workers.append(worker)
    worker.url()
    return worker


def _audit(cluster: Cluster, server: PostgresqlServer, workers: list[RoleProcess]) -> Audit:
    parts = {
        "workers": [each.process.pid for each in workers],
        "coordinator": [cluster.coordinators[0].process.pid],
        "API": [cluster.apis[0].process.pid],
        "Redis": [cluster.redis._process.pid],
        "PostgreSQL": [first_process(server)],
    }
    used = {who: _used(processes) for who, processes in parts.items()}
    at_work = _actor_seconds(workers)
    client, pause = cluster.client(), Event()
    began = perf_counter()
    task_id = start(client, *CHECKS)
    while (task := client.describe_audit_task(taskId=task_id))["taskStatus"] == "IN_PROGRESS":
        pause.wait(LOOK_AGAIN)
    seconds = perf_counter() - began
    expiring = task["auditDetails"][CHECKS[0]]
    assert (expiring["totalResourcesCount"], expiring["nonCompliantResourcesCount"]) == (
        CERTIFICATES,
        CERTIFICATES // EXPIRED_ONE_IN,
    ), task
    return Audit(
        seconds,
        _actor_seconds(workers) - at_work,
        {who: _used(processes) - used[who] for who, processes in parts.items()},
    )


def _used(processes: list[int]) -> float:
    return sum(map(processor_seconds, processes))


def _actor_seconds(workers: list[RoleProcess]) -> float:
    return sum(scrape(each.url()).value("fleet_audit_actor_seconds_sum") for each in workers)


def _report(label: str, workers: int, audits: tuple[Audit, ...]) -> float:
    """Print the audits; return which part of the workers' time no actor was at work."""
    seconds = statistics.median(each.seconds for each in audits)
    idle = statistics.median(1 - each.actors / (workers * each.seconds) for each in audits)
    used = {who: statistics.median(each.processor[who] for each in audits) for who in audits[0].processor}
    print(f"{label:20} {seconds:6.2f} s, {idle:.1%} of it between messages (at most {MOST_DISPATCHING:.0%})")  # noqa: T201
    print(f"{'':20} processor seconds: {', '.join(f'{who} {each:.2f}' for who, each in used.items())}")  # noqa: T201
    return idle


if __name__ == "__main__":
    main()
