"""What `fleet-audit serve` writes to its standard error, as a machine reads it."""

import json
import urllib.request

import pytest

from tests.support.boto3_story import enable, ended, start
from tests.support.fleet_audit_process import FleetAuditService
from tests.support.scraping import scrape

CHECK = "LOGGING_DISABLED_CHECK"
IMPORT = "/fleet-audit/inventory/import"
LOGGING = b'{"resourceType": "ACCOUNT_SETTINGS", "disableAllLogs": true}\n'
JSON_LOGS = {"FLEET_AUDIT_LOG_FORMAT": "json", "FLEET_AUDIT_LOG_LEVEL": "info"}


@pytest.fixture
def service(tmp_path):
    with FleetAuditService(tmp_path, JSON_LOGS) as running:
        yield running


def lines(service):
    """Every line but the last words to a person."""
    return [json.loads(line) for line in service.errors().splitlines() if line != "Stopped."]


def test_every_request_is_a_line_with_its_id_and_so_is_what_an_actor_did_because_of_it(service):
    client = service.client()
    enable(client, CHECK)
    response = client.start_on_demand_audit_task(targetCheckNames=[CHECK])
    request_id = response["ResponseMetadata"]["HTTPHeaders"]["x-amzn-requestid"]
    task_id = response["taskId"]
    ended(client, task_id)
    service.stop()

    told = lines(service)

    [asked] = [line for line in told if line.get("operation") == "StartOnDemandAuditTask"]
    assert asked["request_id"] == request_id
    assert (asked["method"], asked["path"], asked["status"]) == ("POST", "/audit/tasks", 200)
    [planned] = [line for line in told if line.get("actor") == "plan_check"]
    assert (planned["request_id"], planned["task_id"]) == (request_id, task_id)
    assert planned["event_id"]


def test_neither_bodies_nor_credentials_nor_queries_are_in_it(service):
    body = b'{"targetCheckNames": ["secret-in-a-body"]}'
    headers = {"Content-Type": "application/json", "Authorization": "AWS4 Credential=secret-key/x, Signature=ab12"}
    for path in ("/audit/tasks?token=secret-in-a-query", "/audit/%0A%1b%5B2J"):
        request = urllib.request.Request(f"{service.url}{path}", data=body, headers=headers, method="POST")
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(request, timeout=10)
    service.stop()

    assert "secret" not in service.errors()
    assert [line["status"] for line in lines(service) if line["logger"] == "service.access"] == [400, 404]


def test_an_audit_changes_what_is_measured(service):
    client = service.client()
    enable(client, CHECK)
    request = urllib.request.Request(
        f"{service.url}{IMPORT}", data=LOGGING, headers={"Content-Type": "application/x-ndjson"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert json.loads(answer.read())["rejected"] == 0
    before = scrape(service.url)
    ended(client, start(client, CHECK))
    after = scrape(service.url)

    def grown(name, **labels):
        return after.value(name, **labels) - before.value(name, **labels)

    assert grown("fleet_audit_actor_seconds_count", actor="plan_check", outcome="done") == 1
    assert grown("fleet_audit_actor_seconds_count", actor="judge_shard", outcome="done") == 1
    assert grown("fleet_audit_commands_total", command="start_on_demand_audit_task", outcome="accepted") == 1
    assert grown("fleet_audit_commands_total", command="record_check_plan", outcome="accepted") == 1
    assert grown("fleet_audit_append_events_sum") > 5
