"""GET /metrics tells of requests and commands, and of nobody's input."""

import asyncio

import orjson
import pytest

from service.listening import listening, watched_on_a_port
from service.observing.metrics import Metrics
from service.observing.watched import Watched
from tests.support.raw_http import exchange, request
from tests.support.scraping import OPEN_METRICS, scrape

REQUESTS = "fleet_audit_request_seconds_count"
COMMANDS = "fleet_audit_commands_total"


async def scraped(serving_url, accept=OPEN_METRICS):
    return await asyncio.to_thread(scrape, serving_url, accept)


@pytest.fixture
async def url(serving):
    async with listening(serving) as url:
        yield url


async def test_requests_are_counted_and_timed_by_operation_and_status(url):
    for name in ("daily", "weekly"):
        await exchange(url, request("GET", f"/audit/scheduledaudits/{name}"))
    await exchange(url, request("GET", "/audit/configuration"))

    found = await scraped(url)

    assert found.value(REQUESTS, operation="DescribeScheduledAudit", status="404") == 2
    assert found.value(REQUESTS, operation="DescribeAccountAuditConfiguration", status="200") == 1
    took = found.value("fleet_audit_request_seconds_sum", operation="DescribeScheduledAudit")
    assert 0 < took < 10
    everything = found.value("fleet_audit_request_seconds_bucket", operation="DescribeScheduledAudit", le="+Inf")
    assert everything == 2


async def test_what_no_route_takes_is_one_operation_whatever_it_asks_for(url):
    for path in ("/audit/none", "/etc/passwd", "/audit/tasks/a/b/c", "/%0Aevil%22"):
        assert (await exchange(url, request("GET", path))).status == 404
    assert (await exchange(url, request("PUT", "/audit/configuration"))).status == 405
    assert (await exchange(url, request("OPTIONS", "/audit/tasks"))).status == 405

    found = await scraped(url)

    assert found.value(REQUESTS, operation="unknown", status="404") == 4
    assert found.value(REQUESTS, operation="unknown", status="405") == 2
    assert not any("evil" in label or "passwd" in label or "OPTIONS" in label for label in found.labels())


async def test_commands_are_counted_by_what_became_of_them(url):
    refused = await exchange(url, request("DELETE", "/audit/configuration"))
    enabled = b'"auditCheckConfigurations": {"LOGGING_DISABLED_CHECK": {"enabled": true}}'
    body = b'{"roleArn": "arn:aws:iam::000000000000:role/r", ' + enabled + b"}"
    accepted = await exchange(
        url, request("PATCH", "/audit/configuration", body, "Content-Type: application/json")
    )
    assert (refused.status, accepted.status) == (404, 200), accepted.body

    found = await scraped(url)

    assert found.value(COMMANDS, command="update_account_audit_configuration", outcome="accepted") == 1
    assert found.value(COMMANDS, command="delete_account_audit_configuration", outcome="refused") == 1
    assert found.value("fleet_audit_append_seconds_count") == 1
    assert found.value("fleet_audit_append_events_sum") == 2


async def test_imports_are_counted_with_their_records(url):
    headers = "Content-Type: application/x-ndjson"
    policy = {"policyName": "p", "policyVersionId": "1", "isDefaultVersion": True, "policyDocument": "{}"}
    good = orjson.dumps({"resourceType": "IOT_POLICY", **policy}) + b"\nbroken\n"
    answer = await exchange(url, request("POST", "/fleet-audit/inventory/import", good, headers))
    refused = await exchange(url, request("POST", "/fleet-audit/inventory/import?replace=true", b"", headers))
    assert (answer.status, refused.status) == (200, 400), answer.body

    found = await scraped(url)

    assert found.value("fleet_audit_imports_total", outcome="published") == 1
    assert found.value("fleet_audit_imports_total", outcome="failed") == 1
    assert found.value("fleet_audit_imported_records_total", result="rejected") == 1
    assert found.value("fleet_audit_imported_records_total", result="added") == 1


@pytest.mark.parametrize(
    ("accept", "answered"),
    [
        ("application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2", "openmetrics-text"),
        ("application/openmetrics-text; version=nonsense\u00e9", "openmetrics-text"),
        ("text/plain", "text/plain"),
        ("*/*", "text/plain"),
    ],
)
async def test_who_asks_for_open_metrics_gets_it(url, accept, answered):
    found = await scraped(url, accept)
    assert answered in found.content_type
    assert "fleet_audit_append_seconds_count" in {each.name for each in found.samples}


async def test_a_process_without_an_api_shows_its_metrics_and_how_it_is_and_nothing_else():
    watched = Watched(Metrics(), list)
    with watched_on_a_port(watched, "127.0.0.1", 0) as url:
        assert (await exchange(url, request("GET", "/health/ready"))).status == 200
        assert (await exchange(url, request("GET", "/health/live"))).status == 200
        assert (await exchange(url, request("GET", "/audit/tasks"))).status == 404
        found = await scraped(url)

    assert found.value(REQUESTS, operation="HealthReady", status="200") == 1
    assert found.value(REQUESTS, operation="unknown", status="404") == 1
