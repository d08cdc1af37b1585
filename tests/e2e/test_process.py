"""The process that serves: how it starts, stops, dies and goes on."""

import signal
import socket
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.boto3_story import enable, ended, findings, ids, refusal, start
from tests.support.demo_fleet import EXACT_CHECKS
from tests.support.fleet_audit_process import FleetAuditService, fleet_audit
from tests.support.many_certificates import write_many_certificates

EXPIRING = "DEVICE_CERTIFICATE_EXPIRING_CHECK"
LOGGING = "LOGGING_DISABLED_CHECK"
MANY = 30_000
SLOWLY = {"FLEET_AUDIT_SHARD_SIZE": "100", "FLEET_AUDIT_WORKER_THREADS": "1"}


def import_many(home, data_directory):
    records = write_many_certificates(home / "many.ndjson", MANY)
    imported = fleet_audit("import", records, "--data-dir", data_directory, home=home)
    assert imported.returncode == 0, imported.stderr


def answers(client, task_id):
    """Everything that the API tells of an account and of one audit."""
    now = datetime.now(UTC)
    answer = {
        "configuration": client.describe_account_audit_configuration(),
        "schedule": client.describe_scheduled_audit(scheduledAuditName="daily"),
        "schedules": client.list_scheduled_audits(),
        "task": client.describe_audit_task(taskId=task_id),
        "tasks": client.list_audit_tasks(startTime=now - timedelta(days=1), endTime=now),
    }
    told = {name: {k: v for k, v in each.items() if k != "ResponseMetadata"} for name, each in answer.items()}
    return told, findings(client, taskId=task_id)


def test_everything_is_there_after_a_restart_also_without_the_read_models(tmp_path, fleet):
    with FleetAuditService(tmp_path) as service:
        client = service.client()
        names = enable(client, *EXACT_CHECKS)
        client.create_scheduled_audit(scheduledAuditName="daily", frequency="DAILY", targetCheckNames=[LOGGING])
        fleet_audit("import", fleet.inventory, "--data-dir", service.data_directory, home=tmp_path)
        task_id = start(client, *names)
        assert ended(client, task_id)["taskStatus"] == "COMPLETED"
        before = answers(client, task_id)
        assert len(before[1]) > 10
    with FleetAuditService(tmp_path) as service:
        assert answers(service.client(), task_id) == before
    for file in service.data_directory.glob("read-models.sqlite*"):
        file.unlink()
    with FleetAuditService(tmp_path) as service:
        assert answers(service.client(), task_id) == before


def test_a_killed_process_finishes_its_audit_when_it_is_back_with_each_finding_once(tmp_path):
    with FleetAuditService(tmp_path, SLOWLY) as service:
        import_many(tmp_path, service.data_directory)
        client = service.client()
        enable(client, EXPIRING, "DEVICE_CERTIFICATE_AGE_CHECK")
        task_id = start(client, EXPIRING, "DEVICE_CERTIFICATE_AGE_CHECK")
        examined_before(client, task_id, MANY)
        service.kill()
    with FleetAuditService(tmp_path, SLOWLY) as service:
        client = service.client()
        task = ended(client, task_id)
        assert task["taskStatus"] == "COMPLETED"
        details = task["auditDetails"][EXPIRING]
        assert (details["totalResourcesCount"], details["nonCompliantResourcesCount"]) == (MANY, MANY // 10)
        found = findings(client, taskId=task_id)
    certificates = [each["nonCompliantResource"]["resourceIdentifier"]["deviceCertificateId"] for each in found]
    assert sorted(certificates) == [f"{number:064x}" for number in range(0, MANY, 10)]
    assert len(set(ids(found))) == len(found)


def examined_before(client, task_id, all_of_them):
    """Wait until the audit has begun; it must not be over."""
    for _ in range(100_000):
        task = client.describe_audit_task(taskId=task_id)
        assert task["taskStatus"] == "IN_PROGRESS"
        examined = task["auditDetails"][EXPIRING].get("totalResourcesCount", 0)
        if 0 < examined < all_of_them:
            return
    raise AssertionError("the audit does not begin")


def test_a_canceled_audit_stops_and_its_unfinished_checks_are_canceled(tmp_path):
    with FleetAuditService(tmp_path, SLOWLY) as service:
        import_many(tmp_path, service.data_directory)
        client = service.client()
        enable(client, EXPIRING)
        task_id = start(client, EXPIRING)
        examined_before(client, task_id, MANY)
        client.cancel_audit_task(taskId=task_id)
        task = ended(client, task_id)
        assert task["taskStatus"] == "CANCELED"
        assert task["auditDetails"][EXPIRING]["checkRunStatus"] == "CANCELED"
        assert task["taskStatistics"]["canceledChecks"] == 1
        kept = len(findings(client, taskId=task_id))
        assert kept < MANY // 10
        # Another audit runs through the same worker to its end, and meanwhile nothing came in for the first one.
        assert ended(client, start(client, EXPIRING))["taskStatus"] == "COMPLETED"
        assert len(findings(client, taskId=task_id)) == kept


def test_an_eleventh_audit_at_once_is_one_too_many(tmp_path):
    with FleetAuditService(tmp_path, SLOWLY) as service:
        import_many(tmp_path, service.data_directory)
        client = service.client()
        enable(client, EXPIRING)
        started = [start(client, EXPIRING) for _ in range(10)]
        refused = refusal(client.start_on_demand_audit_task, targetCheckNames=[EXPIRING])
        assert refused[:2] == ("LimitExceededException", 410)
        for task_id in started:
            client.cancel_audit_task(taskId=task_id)
        client.cancel_audit_task(taskId=start(client, EXPIRING))


@pytest.mark.parametrize("asked_by", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_within_seconds_in_the_middle_of_an_audit(tmp_path, asked_by):
    with FleetAuditService(tmp_path, SLOWLY) as service:
        import_many(tmp_path, service.data_directory)
        client = service.client()
        enable(client, EXPIRING)
        examined_before(client, start(client, EXPIRING), MANY)
        assert service.stop(asked_by) < 5


def test_a_port_that_is_taken_is_one_clear_line(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = fleet_audit("serve", "--port", port, "--data-dir", tmp_path / "data", home=tmp_path)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert str(port) in done.stderr
    assert "taken" in done.stderr
    assert done.stdout == ""


def test_a_data_directory_is_one_services_at_a_time(service):
    done = fleet_audit("serve", "--port", 0, "--data-dir", service.data_directory, home=service.home)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert str(service.data_directory) in done.stderr
    assert "in use" in done.stderr


def test_a_data_directory_that_can_not_be_made_is_one_clear_line(tmp_path):
    (tmp_path / "file").write_text("")
    done = fleet_audit("serve", "--port", 0, "--data-dir", tmp_path / "file" / "data", home=tmp_path)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert str(tmp_path / "file") in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FLEET_AUDIT_PORT", "http"),
        ("FLEET_AUDIT_ACCOUNT", "42"),
        ("FLEET_AUDIT_KEY_BLOCKLIST", "nowhere"),
        ("FLEET_AUDIT_KEY_BLOCKLIST", __file__),
    ],
)
def test_a_wrong_setting_stops_the_start_with_its_name(tmp_path, name, value):
    done = fleet_audit("serve", "--data-dir", tmp_path / "data", home=tmp_path, **{name: value})
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert name in done.stderr


def test_settings_reach_the_answers_and_options_override_them(tmp_path):
    variables = {"FLEET_AUDIT_ACCOUNT": "123456789012", "FLEET_AUDIT_REGION": "eu-west-1", "FLEET_AUDIT_PORT": "1"}
    with FleetAuditService(tmp_path, variables) as service:
        client = service.client()
        enable(client, LOGGING)
        created = client.create_scheduled_audit(
            scheduledAuditName="daily", frequency="DAILY", targetCheckNames=[LOGGING]
        )
        assert created["scheduledAuditArn"] == "arn:aws:iot:eu-west-1:123456789012:scheduledaudit/daily"
