"""A request's trace has everything that was done because of it, up to the judging of its audit."""

import json
import urllib.request
from dataclasses import dataclass
from uuid import UUID

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from events.clock import SystemClock
from service.embedded import embedded
from service.listening import listening_in_a_thread
from service.observing.settings import Observing
from service.settings import Settings
from tests.support.span_collector import span_collector

CHECK = "LOGGING_DISABLED_CHECK"
CALLER = "0af7651916cd43dd8448eb211c80319c"
TRACEPARENT = f"00-{CALLER}-b7ad6b7169203331-01"
LOGGING = {"resourceType": "ACCOUNT_SETTINGS", "disableAllLogs": True}


@pytest.fixture
def collector():
    with span_collector() as collecting:
        yield collecting


@dataclass(frozen=True)
class Answer:
    request_id: str
    body: dict[str, str]

    @property
    def trace_id(self):
        return UUID(self.request_id).hex


def call(url, method, path, body=None, **headers):
    request = urllib.request.Request(
        f"{url}{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json", **headers},
        method=method,
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return Answer(answer.headers["x-amzn-RequestId"], json.loads(answer.read()))


def audit(tmp_path, endpoint, **headers):
    """Have an audit done by a service that runs and stops; return the answer to the request that started it."""
    settings = Settings(port=0, data_directory=tmp_path / "data", observing=Observing(otlp_endpoint=endpoint))
    with embedded(settings, SystemClock()) as services, listening_in_a_thread(services) as url:
        call(url, "POST", "/fleet-audit/inventory/import", LOGGING)
        enabled = {
            "roleArn": "arn:aws:iam::000000000000:role/r",
            "auditCheckConfigurations": {CHECK: {"enabled": True}},
        }
        call(url, "PATCH", "/audit/configuration", enabled)
        started = call(url, "POST", "/audit/tasks", {"targetCheckNames": [CHECK]}, **headers)
        path = f"/audit/tasks/{started.body['taskId']}"
        while call(url, "GET", path).body["taskStatus"] == "IN_PROGRESS":
            pass
    return started


def attributes(span):
    return {each.key: each.value.string_value or each.value.int_value for each in span.attributes}


def test_the_trace_of_a_request_has_its_appends_and_the_judging_of_its_audit(tmp_path, collector):
    started = audit(tmp_path, collector.url)

    spans = {span.name: span for span in collector.of_trace(started.trace_id)}

    assert {"StartOnDemandAuditTask", "append", "plan_check", "judge_shard"} <= spans.keys()
    root = spans.pop("StartOnDemandAuditTask")
    assert root.kind == Span.SPAN_KIND_SERVER
    assert root.parent_span_id == b""
    assert {span.parent_span_id for span in spans.values()} == {root.span_id}
    assert attributes(root) == {"http.request.method": "POST", "http.response.status_code": 200}
    judging = spans["judge_shard"]
    assert attributes(judging)["fleet_audit.task_id"] == started.body["taskId"]
    assert root.start_time_unix_nano < judging.start_time_unix_nano < judging.end_time_unix_nano


def test_every_request_has_a_trace_of_its_own(tmp_path, collector):
    started = audit(tmp_path, collector.url)

    others = [span for span in collector.spans if span.name == "DescribeAuditTask"]

    assert others
    assert started.trace_id not in {span.trace_id.hex() for span in others}
    assert len({span.trace_id for span in others}) == len(others)


@pytest.mark.parametrize(("caller", "linked"), [(TRACEPARENT, [CALLER]), ("nonsense\u00e9", [])])
def test_the_trace_of_who_calls_is_linked_if_he_has_one(tmp_path, collector, caller, linked):
    started = audit(tmp_path, collector.url, traceparent=caller)

    [root] = [span for span in collector.of_trace(started.trace_id) if span.kind == Span.SPAN_KIND_SERVER]

    assert [link.trace_id.hex() for link in root.links] == linked


def test_a_collector_that_is_away_is_nobodys_trouble(tmp_path):
    assert audit(tmp_path, "http://127.0.0.1:1").body["taskId"]


def test_without_a_collector_there_are_no_spans(tmp_path, collector):
    audit(tmp_path, "")
    assert collector.spans == []
