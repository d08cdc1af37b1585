"""`fleet-audit projections` beside real processes: asked all the time, killed, and over rows tampered with."""

import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.support.boto3_story import enable, ended, findings, ids, start
from tests.support.cluster import on_servers
from tests.support.fleet_audit_process import BIN, FleetAuditService, environment, fleet_audit
from tests.support.many_certificates import write_many_certificates
from tests.support.waiting import until
from tests.support.webhook_receiver import SECRET, WebhookReceiver, webhook_receiver

EXPIRING = "DEVICE_CERTIFICATE_EXPIRING_CHECK"
MANY = 3_000
PATIENCE = 60.0

Client = Any


class Asking:
    """A caller who asks for an old audit, its findings, and what he has just changed, all the time."""

    def __init__(self, client: Client, task_id: str) -> None:
        self._client = client
        self._task_id = task_id
        self._expected = self._answers()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.asked = 0
        self.failures: list[BaseException] = []

    def _answers(self) -> tuple[Any, ...]:
        task = self._client.describe_audit_task(taskId=self._task_id)
        page = self._client.list_audit_findings(taskId=self._task_id, maxResults=25)["findings"]
        return task["taskStatus"], task["auditDetails"], ids(page)

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                assert self._answers() == self._expected
                name = f"schedule-{self.asked}"
                self._client.create_scheduled_audit(
                    frequency="DAILY", targetCheckNames=[EXPIRING], scheduledAuditName=name
                )
                assert self._client.describe_scheduled_audit(scheduledAuditName=name)["frequency"] == "DAILY"
                self._client.delete_scheduled_audit(scheduledAuditName=name)
                self.asked += 1
        except BaseException as failure:
            self.failures.append(failure)
            raise

    def wait_for_more(self) -> None:
        """Until it has asked for everything once more."""
        before = self.asked
        until(lambda: self.asked > before + 1 or self.failures)

    @contextmanager
    def meanwhile(self) -> Iterator["Asking"]:
        """Ask during a block, and find nothing wrong."""
        self._thread.start()
        try:
            self.wait_for_more()
            yield self
            self.wait_for_more()
        finally:
            self._stop.set()
            self._thread.join(PATIENCE)
        assert self.failures == []


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    with webhook_receiver() as opened:
        yield opened


@pytest.fixture
def service(tmp_path: Path, receiver: WebhookReceiver) -> Iterator[FleetAuditService]:
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    announcing = {
        "FLEET_AUDIT_WEBHOOK_URL": receiver.url,
        "FLEET_AUDIT_WEBHOOK_SECRET_FILE": str(tmp_path / "secret"),
        "FLEET_AUDIT_WEBHOOK_ALLOW": "127.0.0.0/8",
    }
    with FleetAuditService(tmp_path, announcing) as running:
        yield running


def an_audit(client: Client, url: str, home: Path) -> str:
    """Of some thousand certificates, of which each tenth has a finding."""
    records = write_many_certificates(home / "many.ndjson", MANY)
    imported = fleet_audit("import", records, "--endpoint-url", url, home=home)
    assert imported.returncode == 0, imported.stderr
    enable(client, EXPIRING)
    task_id = start(client, EXPIRING)
    assert ended(client, task_id)["taskStatus"] == "COMPLETED"
    return task_id


def projections(
    home: Path, *arguments: object, database_url: str | None = None
) -> subprocess.CompletedProcess[str]:
    variables = {} if database_url is None else {"FLEET_AUDIT_DATABASE_URL": database_url}
    return fleet_audit("projections", *arguments, home=home, cwd=home, **variables)


def test_beside_a_service_that_is_asked_all_the_time_nothing_is_wrong_at_any_moment(tmp_path, service, receiver):
    client, of = service.client(), ("--data-dir", service.data_directory)
    task_id = an_audit(client, service.url, tmp_path)
    until(lambda: len(receiver.posted) == 1)
    found = ids(findings(client, taskId=task_id))

    with Asking(client, task_id).meanwhile() as asking:
        for name in ([], ["audit_findings"], ["scheduled_audits"]):
            rebuilt = projections(tmp_path, "rebuild", *name, *of)
            assert rebuilt.returncode == 0, rebuilt.stderr
            assert "Rebuilt at position" in rebuilt.stdout
            asking.wait_for_more()
        verified = projections(tmp_path, "verify", *of)
        assert verified.returncode == 0, verified.stdout + verified.stderr
        assert "rows are what the log makes of them" in verified.stdout

    assert ids(findings(client, taskId=task_id)) == found
    assert len(receiver.posted) == 1  # Nothing was announced again,
    assert ended(client, start(client, EXPIRING))["taskStatus"] == "COMPLETED"  # and what follows is.
    until(lambda: len(receiver.posted) == 2)

    service.stop()
    for stopped in ("rebuild", "verify"):
        done = projections(tmp_path, stopped, *of)
        assert done.returncode == 0, done.stdout + done.stderr
    with FleetAuditService(tmp_path) as again:
        assert ids(findings(again.client(), taskId=task_id)) == found


def test_killed_again_and_again_it_leaves_everything_serving(tmp_path, service):
    client = service.client()
    task_id = an_audit(client, service.url, tmp_path)
    command = [BIN / "fleet-audit", "projections", "rebuild", "--data-dir", service.data_directory]

    with Asking(client, task_id).meanwhile() as asking:
        for moment in range(3):
            rebuilding = subprocess.Popen(command, env=environment(tmp_path), stderr=subprocess.DEVNULL)
            present = (service.data_directory / "read-models.sqlite").resolve().name

            def has_come_far(moment=moment, present=present, rebuilding=rebuilding):
                if rebuilding.poll() is not None:
                    return True
                asides = [
                    each for each in service.data_directory.glob("read-models.*.sqlite") if each.name != present
                ]
                return any(each.stat().st_size > moment * 800_000 for each in asides)

            until(has_come_far)
            rebuilding.kill()
            rebuilding.wait(PATIENCE)
            asking.wait_for_more()
        rebuilt = projections(tmp_path, "rebuild", "--data-dir", service.data_directory)
        assert rebuilt.returncode == 0, rebuilt.stderr
        verified = projections(tmp_path, "verify", "--data-dir", service.data_directory)
        assert verified.returncode == 0, verified.stdout + verified.stderr


def test_rows_that_were_tampered_with_are_named_and_made_right(tmp_path, service):
    task_id = an_audit(service.client(), service.url, tmp_path)
    of = ("--data-dir", service.data_directory)
    path = service.data_directory / "read-models.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as tamperer:
        tamperer.execute("UPDATE audit_findings SET severity = 'LOW' WHERE task_id = ?", (task_id,))

    verified = projections(tmp_path, "verify", *of)
    assert verified.returncode == 1
    assert f"{MANY // 10:,} changed, 0 missing, 0 extra" in verified.stdout
    assert "audit_findings, the row with finding_id = " in verified.stdout
    assert "severity is 'LOW', and 'MEDIUM' when made anew" in verified.stdout
    assert projections(tmp_path, "verify", "audit_tasks", *of).returncode == 0

    assert projections(tmp_path, "rebuild", "audit_findings", *of).returncode == 0
    assert projections(tmp_path, "verify", *of).returncode == 0


def test_what_can_not_be_found_out_is_said(tmp_path):
    of = ("--data-dir", tmp_path / "empty")
    for command in ("verify", "rebuild", "list"):
        done = projections(tmp_path, command, *of)
        assert done.returncode == (2 if command == "verify" else 1)
        assert "`fleet-audit migrate` makes what is missing" in done.stderr
    assert projections(tmp_path, "rebuild", "no_such_one", *of).returncode == 2

    assert fleet_audit("migrate", *of, home=tmp_path).returncode == 0
    listed = projections(tmp_path, "list", *of)
    assert listed.returncode == 0
    assert "account_configuration" in listed.stdout
    assert "The log's last position is 0." in listed.stdout
    assert "0 rows are what the log makes of them" in projections(tmp_path, "verify", *of).stdout


def test_beside_coordinators_on_postgresql(tmp_path, postgresql):
    with on_servers(tmp_path, postgresql) as cluster:
        client = cluster.client()
        task_id = an_audit(client, cluster.urls[0], tmp_path)
        url = cluster.variables["FLEET_AUDIT_DATABASE_URL"]

        with Asking(client, task_id).meanwhile() as asking:
            for name in ([], ["audit_findings"]):
                rebuilt = projections(tmp_path, "rebuild", *name, database_url=url)
                assert rebuilt.returncode == 0, rebuilt.stderr
                asking.wait_for_more()
            verified = projections(tmp_path, "verify", database_url=url)
            assert verified.returncode == 0, verified.stdout + verified.stderr

        with closing(psycopg.connect(url, autocommit=True)) as tamperer:
            tamperer.execute("DELETE FROM read_models.audit_tasks WHERE task_id = %s", (task_id,))
        verified = projections(tmp_path, "verify", "audit_tasks", database_url=url)
        assert verified.returncode == 1
        assert f"task_id = '{task_id}': it is missing." in verified.stdout
