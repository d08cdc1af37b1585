"""Audits that are older than the retention are gone from every answer and from the files, in a real service."""

import gzip
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from botocore.exceptions import ClientError

from tests.support.fleet_audit_process import FleetAuditService, fleet_audit
from tests.support.waiting import until

CHECK = "DEVICE_CERTIFICATE_EXPIRING_CHECK"
RETENTION = 181 * 24 * 3600
ROLE = "arn:aws:iam::000000000000:role/audit"


class Fleet:
    """A service with a clock of ours, told in a few words."""

    def __init__(self, home: Path, archives: Path | None) -> None:
        archiving = {} if archives is None else {"FLEET_AUDIT_ARCHIVE_DIR": str(archives)}
        self.service = FleetAuditService(home, {"FLEET_AUDIT_CLOCK": "manual", **archiving})
        self.iot = self.service.client()
        self.data = self.service.data_directory

    def clock(self, **moves: Any) -> datetime:
        """Move the clock, and tell where it stands."""
        answer = self._post("/fleet-audit/clock", json.dumps(moves), "application/json")
        return datetime.fromisoformat(str(answer["now"]))

    def replace_devices(self, *numbers: int) -> None:
        """Let exactly these certificates be there, all of which have expired."""
        records = [
            {
                "resourceType": "DEVICE_CERTIFICATE",
                "certificateId": f"{number:064x}",
                "status": "ACTIVE",
                "validity": {"notBefore": 0, "notAfter": 86_400},
            }
            for number in numbers
        ]
        body = "\n".join(map(json.dumps, records))
        self._post("/fleet-audit/inventory/import?replace=true", body, "application/x-ndjson")

    def audit(self) -> str:
        """A whole audit."""
        self.iot.update_account_audit_configuration(
            roleArn=ROLE, auditCheckConfigurations={CHECK: {"enabled": True}}
        )
        task_id: str = self.iot.start_on_demand_audit_task(targetCheckNames=[CHECK])["taskId"]
        until(lambda: self.iot.describe_audit_task(taskId=task_id)["taskStatus"] == "COMPLETED")
        return task_id

    def findings(self, task_id: str) -> list[str]:
        """The ids of what an audit found."""
        found = self.iot.list_audit_findings(taskId=task_id, maxResults=100)["findings"]
        return [finding["findingId"] for finding in found]

    def count(self, store: str, table: str) -> int:
        """How many rows a table of a file has, as anybody could see."""
        with closing(sqlite3.connect(f"file:{self.data / store}.sqlite?mode=ro", uri=True)) as file:
            [number] = file.execute(f"SELECT COUNT(*) FROM {table}").fetchone()
        return int(number)

    def archived(self) -> bool:
        """Whether the events of the one audit that there was have left the log."""
        return self.count("events", "events WHERE topic LIKE 'AuditTask.%'") == 0

    def summaries(self) -> int:
        """How many audits the log says that were archived."""
        return self.count("events", "events WHERE topic LIKE 'AuditArchive.%'")

    def _post(self, path: str, body: str, kind: str) -> Any:
        request = Request(self.service.url + path, body.encode(), {"Content-Type": kind}, method="POST")
        with urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())


@pytest.fixture
def archives(tmp_path: Path) -> Path:
    directory = tmp_path / "archives"
    directory.mkdir()
    return directory


@pytest.fixture(params=[False, True], ids=["the log keeps its events", "with archives"])
def archiving(request: pytest.FixtureRequest, archives: Path) -> Path | None:
    return archives if request.param else None


@pytest.fixture
def fleet(tmp_path: Path, archiving: Path | None) -> Iterator[Fleet]:
    fleet = Fleet(tmp_path, archiving)
    with fleet.service:
        yield fleet


def not_found(call: Any, **arguments: Any) -> bool:
    with pytest.raises(ClientError) as refusal:
        call(**arguments)
    return refusal.value.response["Error"]["Code"] == "ResourceNotFoundException"


def is_gone(fleet: Fleet, task_id: str, finding_ids: list[str]) -> bool:
    """Whether nothing tells of an audit any more, from the moment on that the clock has passed."""
    iot, now = fleet.iot, fleet.clock(advanceBy=0)
    within = {"startTime": now - timedelta(days=179), "endTime": now + timedelta(minutes=1)}
    return (
        not_found(iot.describe_audit_task, taskId=task_id)
        and all(not_found(iot.describe_audit_finding, findingId=each) for each in finding_ids)
        and all(not_found(iot.list_related_resources_for_audit_finding, findingId=each) for each in finding_ids)
        and fleet.findings(task_id) == []
        and task_id not in str(iot.list_audit_findings(**within)["findings"])
        and task_id not in str(iot.list_audit_tasks(**within)["tasks"])
    )


def test_after_the_retention_an_audit_is_gone_and_the_next_one_works(fleet, archiving, tmp_path):
    fleet.replace_devices(1, 2, 3)
    first = fleet.audit()
    found = fleet.findings(first)
    assert len(found) == 3
    fleet.replace_devices(3, 4)

    fleet.clock(advanceBy=RETENTION)

    assert is_gone(fleet, first, found)
    until(lambda: fleet.count("read-models", "audit_tasks") == 0)
    assert fleet.count("read-models", "audit_findings") == 0
    until(lambda: fleet.count("inventory", "device_certificates") == 2)
    until(lambda: fleet.count("inventory", "inventory_versions") == 1)
    assert fleet.archived() == (archiving is not None)

    if archiving is not None:
        verified = fleet_audit("archive", "verify", archiving, "--data-dir", fleet.data, home=tmp_path)
        assert verified.returncode == 0, verified.stderr
        assert f"{first}.ndjson" in verified.stdout.replace("\n", "")
    second = fleet.audit()
    assert len(fleet.findings(second)) == 2

    fleet.service.stop()
    for rebuilt in ("read-models", "work"):
        for file in fleet.data.glob(f"{rebuilt}.sqlite*"):
            file.unlink()
    again = Fleet(tmp_path, archiving)
    with again.service:
        assert is_gone(again, first, found)
        until(lambda: again.count("read-models", "audit_tasks") == 1)
        assert len(again.findings(second)) == 2


def test_an_archive_that_is_not_what_was_archived_is_told(tmp_path, archives):
    fleet = Fleet(tmp_path, archives)
    with fleet.service:
        fleet.replace_devices(1)
        task_id = fleet.audit()
        fleet.clock(advanceBy=RETENTION)
        until(fleet.archived)
    [file] = archives.rglob(f"{task_id}.ndjson.gz")
    lines = gzip.decompress(file.read_bytes()).replace(b'"position":', b'"position":1')
    file.write_bytes(gzip.compress(lines))

    listed = fleet_audit("archive", "list", archives, home=tmp_path)
    assert listed.returncode == 0, listed.stderr
    verified = fleet_audit("archive", "verify", archives, "--data-dir", fleet.data, home=tmp_path)
    assert verified.returncode == 1
    assert "not what was" in verified.stdout


def killed_at_once(fleet: Fleet, archives: Path) -> bool:
    return True


def killed_when_the_archive_is_there(fleet: Fleet, archives: Path) -> bool:
    return bool([*archives.rglob("*.ndjson.gz")])


def killed_when_the_log_says_so(fleet: Fleet, archives: Path) -> bool:
    return fleet.summaries() == 1


@pytest.mark.parametrize("moment", [killed_at_once, killed_when_the_archive_is_there, killed_when_the_log_says_so])
def test_a_service_that_is_killed_while_it_archives_goes_on(tmp_path, archives, moment):
    fleet = Fleet(tmp_path, archives)
    with fleet.service:
        fleet.replace_devices(1, 2, 3)
        task_id = fleet.audit()
        found = fleet.findings(task_id)
        later = fleet.clock(advanceBy=RETENTION)
        until(lambda: moment(fleet, archives))
        fleet.service.kill()

    again = Fleet(tmp_path, archives)
    with again.service:
        again.clock(advanceTo=later.astimezone(UTC).isoformat())
        until(again.archived)
        assert again.summaries() == 1
        assert is_gone(again, task_id, found)
        assert [file.name for file in archives.rglob("*") if file.is_file()] == [f"{task_id}.ndjson.gz"]
