"""A cluster of real processes, and what happens to it: whoever dies, whatever is lost, only time is."""

import json
import os
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest

from events.store.postgresql_database import lock_key
from tests.support.boto3_story import enable, ended, findings, ids, start
from tests.support.cluster import LONGEST_TAKE_OVER, Cluster, on_servers
from tests.support.fleet_audit_process import fleet_audit
from tests.support.many_certificates import write_many_certificates
from tests.support.role_process import children, is_alive

EXPIRING = "DEVICE_CERTIFICATE_EXPIRING_CHECK"
AGE = "DEVICE_CERTIFICATE_AGE_CHECK"
MANY = 8_000
SLOWLY = {"FLEET_AUDIT_SHARD_SIZE": "100", "FLEET_AUDIT_WORKER_THREADS": "1"}


@pytest.fixture(scope="module")
def cluster(postgresql, tmp_path_factory):
    """A cluster whose audits take some seconds. Each test leaves it as it was."""
    home = tmp_path_factory.mktemp("cluster")
    with on_servers(home, postgresql, SLOWLY) as cluster:
        records = write_many_certificates(home / "many.ndjson", MANY)
        imported = fleet_audit("import", records, "--endpoint-url", cluster.urls[0], home=home)
        assert imported.returncode == 0, imported.stderr
        enable(cluster.client(), EXPIRING, AGE)
        yield cluster


def begun(cluster: Cluster) -> str:
    """An audit of which something has been examined, and not all."""
    client = cluster.client()
    task_id = start(client, EXPIRING, AGE)
    for _ in range(100_000):
        task = client.describe_audit_task(taskId=task_id)
        examined = task["auditDetails"][EXPIRING].get("totalResourcesCount", 0)
        if 0 < examined < MANY:
            return task_id
        assert task["taskStatus"] == "IN_PROGRESS"
    raise AssertionError("the audit does not begin")


def assert_exact(cluster: Cluster, task_id: str) -> None:
    """The audit ends, with each finding once; both APIs say so."""
    for client in map(cluster.client, range(2)):
        task = ended(client, task_id)
        assert task["taskStatus"] == "COMPLETED"
        details = task["auditDetails"][EXPIRING]
        assert (details["totalResourcesCount"], details["nonCompliantResourcesCount"]) == (MANY, MANY // 10)
        found = findings(client, taskId=task_id, checkName=EXPIRING)
        assert len(found) == len(set(ids(found))) == MANY // 10


def ready(url: str) -> tuple[int, list[str]]:
    """What /health/ready says."""
    try:
        with urllib.request.urlopen(f"{url}/health/ready", timeout=10) as answer:
            return answer.status, json.load(answer).get("reasons", [])
    except urllib.error.HTTPError as error:
        return error.code, json.load(error).get("reasons", [])


def test_an_api_says_that_its_data_is_in_postgresql_and_not_where_it_is_not(cluster):
    assert cluster.apis[0].wait_until_it_says("  data  ").split() == ["data", "PostgreSQL"]


def test_who_asks_another_api_right_after_a_command_sees_it(cluster):
    first, second = map(cluster.client, range(2))
    for number in range(20):
        name = f"daily-{number}"
        first.create_scheduled_audit(scheduledAuditName=name, frequency="DAILY", targetCheckNames=[AGE])
        assert second.describe_scheduled_audit(scheduledAuditName=name)["frequency"] == "DAILY"
        second.delete_scheduled_audit(scheduledAuditName=name)
        names = {each["scheduledAuditName"] for each in first.list_scheduled_audits()["scheduledAudits"]}
        assert name not in names


def test_a_killed_worker_costs_seconds(cluster):
    task_id = begun(cluster)
    cluster.workers.pop().kill()
    assert_exact(cluster, task_id)
    cluster.workers.append(cluster.role("worker"))
    cluster.workers[-1].url()


def test_another_coordinator_takes_over_from_one_that_was_killed(cluster):
    task_id = begun(cluster)
    active = cluster.active_coordinator()
    active.kill()
    began = time.monotonic()
    assert cluster.active_coordinator() is not active
    assert time.monotonic() - began < LONGEST_TAKE_OVER
    assert_exact(cluster, task_id)
    cluster.coordinators.remove(active)
    cluster.coordinators.append(cluster.role("coordinator"))
    cluster.coordinators[-1].url()


def test_another_coordinator_takes_over_from_one_that_hangs_and_both_do_no_harm(cluster):
    task_id = begun(cluster)
    active = cluster.active_coordinator()
    [other] = [each for each in cluster.coordinators if each is not active]
    said, others = len(active.said), len(other.said)
    active.process.send_signal(signal.SIGSTOP)
    try:
        other.wait_until_it_says(": active", LONGEST_TAKE_OVER, after=others)
    finally:
        active.process.send_signal(signal.SIGCONT)
    active.wait_until_it_says("standing by", LONGEST_TAKE_OVER, after=said)
    assert_exact(cluster, task_id)


def test_a_queue_that_was_flushed_costs_seconds(cluster):
    task_id = begun(cluster)
    with cluster.redis.client() as spoiling:
        spoiling.flushall()
    assert_exact(cluster, task_id)


def test_without_redis_commands_go_on_and_work_waits(cluster):
    cluster.redis.kill()
    try:
        task_id = start(cluster.client(), EXPIRING, AGE)
        url = cluster.active_coordinator().url()
        deadline = time.monotonic() + 20
        while "The queue can't be reached." not in ready(url)[1]:
            assert time.monotonic() < deadline
        assert ready(cluster.urls[0])[0] == 200
    finally:
        cluster.redis.start()
    assert_exact(cluster, task_id)
    assert ready(url) == (200, [])


def test_a_worker_that_is_told_to_stop_gives_back_what_it_had(cluster):
    task_id = begun(cluster)
    assert cluster.workers.pop().stop() < 10
    assert_exact(cluster, task_id)
    cluster.workers.append(cluster.role("worker"))
    cluster.workers[-1].url()


def test_an_api_that_is_told_to_stop_finishes_its_requests(cluster):
    api = cluster.role("api", "--port", "0")
    host, port = api.url().removeprefix("http://").split(":")
    with no_appends(cluster) as appending, ThreadPoolExecutor(1) as asking:
        body = json.dumps({"targetCheckNames": [AGE]}).encode()
        request = urllib.request.Request(
            f"http://{host}:{port}/audit/tasks", body, {"Content-Type": "application/json"}
        )
        asked = asking.submit(lambda: json.load(urllib.request.urlopen(request, timeout=20)))
        appending.wait_until_somebody_waits()
        api.process.terminate()
        while accepts(host, int(port)):
            pass
        appending.go_on()
        task_id = asked.result(20)["taskId"]
    assert api.process.wait(10) == 0
    assert ended(cluster.client(), task_id)["taskType"] == "ON_DEMAND_AUDIT_TASK"


class NoAppends:
    """Holds what every append to the log has to have."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection
        self._key = lock_key("append")
        connection.execute("SELECT pg_advisory_lock(%s, 0)", (self._key,))

    def wait_until_somebody_waits(self) -> None:
        waiting = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND classid::bigint = %s"
        deadline = time.monotonic() + 20
        while not self._connection.execute(waiting, (self._key % 2**32,)).fetchone():
            assert time.monotonic() < deadline

    def go_on(self) -> None:
        self._connection.execute("SELECT pg_advisory_unlock(%s, 0)", (self._key,))


@contextmanager
def no_appends(cluster: Cluster) -> Iterator[NoAppends]:
    """Nothing is appended during the block, or until it says so."""
    with psycopg.connect(cluster.variables["FLEET_AUDIT_DATABASE_URL"], autocommit=True) as connection:
        yield NoAppends(connection)


def accepts(host: str, port: int) -> bool:
    """Whether anybody listens there."""
    try:
        socket.create_connection((host, port), timeout=5).close()
    except ConnectionError:  # refused, or reset with those that nobody had accepted
        return False
    return True


def test_a_worker_starts_its_processes_again_and_ends_with_its_first_one(cluster):
    worker = cluster.role("worker", "--processes", "2")
    for number in range(2):
        worker.wait_until_it_says(f"worker {number}: ready")
    [killed, _] = children(worker.process.pid)
    said = len(worker.said)
    os.kill(killed, signal.SIGKILL)
    worker.wait_until_it_says(": ready", after=said)
    left = children(worker.process.pid)
    assert len(left) == 2
    worker.process.kill()
    deadline = time.monotonic() + 20
    while any(map(is_alive, left)):
        assert time.monotonic() < deadline
    worker.kill()
