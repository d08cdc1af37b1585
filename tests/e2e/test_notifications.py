"""Notifications of real processes: killed between publish and record, with lost tables, and from the shell."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.cli.json_over_http import ask
from tests.support.fleet_audit_process import FleetAuditService, fleet_audit
from tests.support.waiting import until
from tests.support.webhook_receiver import SECRET, Exchange, WebhookReceiver, badly, webhook_receiver, well

CHECK = "LOGGING_DISABLED_CHECK"


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    with webhook_receiver() as opened:
        yield opened


@pytest.fixture
def variables(tmp_path: Path, receiver: WebhookReceiver) -> dict[str, str]:
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    return {
        "FLEET_AUDIT_WEBHOOK_URL": receiver.url,
        "FLEET_AUDIT_WEBHOOK_SECRET_FILE": str(tmp_path / "secret"),
        "FLEET_AUDIT_WEBHOOK_ALLOW": "127.0.0.0/8",
    }


def audit(service: FleetAuditService) -> str:
    client = service.client()
    client.update_account_audit_configuration(
        roleArn="arn:aws:iam::000000000000:role/Audit", auditCheckConfigurations={CHECK: {"enabled": True}}
    )
    task_id: str = client.start_on_demand_audit_task(targetCheckNames=[CHECK])["taskId"]
    return task_id


def statuses(service: FleetAuditService) -> dict[str, str]:
    listed = ask("GET", f"{service.url}/fleet-audit/notifications")["notifications"]
    return {each["taskId"]: each["status"] for each in listed}


def test_killed_between_publish_and_record_it_comes_again_with_its_identity_and_then_no_more(
    tmp_path, variables, receiver
):
    with FleetAuditService(tmp_path, variables) as service:

        def kill(exchange: Exchange) -> None:
            service.process.kill()
            exchange.send(204)

        receiver.answer = kill
        first = audit(service)
        until(lambda: service.process.poll() is not None)
        service.kill()
    receiver.answer = well
    with FleetAuditService(tmp_path, variables) as service:
        until(lambda: statuses(service) == {first: "DELIVERED"})
    assert len(receiver.posted) == 2
    assert len({(posted.message_id, posted.body) for posted in receiver.posted}) == 1
    assert all(posted.is_ours() for posted in receiver.posted)

    for name in ("work.sqlite", "read-models.sqlite"):
        for file in (tmp_path / "data").glob(f"{name}*"):
            file.unlink()
    with FleetAuditService(tmp_path, variables) as service:
        second = audit(service)
        until(lambda: statuses(service) == {first: "DELIVERED", second: "DELIVERED"})
    assert [posted.message["taskId"] for posted in receiver.posted] == [first, first, second]


def test_what_was_given_up_is_shown_and_retried_from_the_shell(tmp_path, variables, receiver):
    receiver.answer = badly
    with FleetAuditService(tmp_path, {**variables, "FLEET_AUDIT_CLOCK": "manual"}) as service:
        endpoint = ("--endpoint-url", service.url)
        nothing = fleet_audit("notifications", "--failed", *endpoint, home=tmp_path)
        assert (nothing.returncode, nothing.stdout) == (0, "")
        task_id = audit(service)
        until(lambda: "is tried again in 5 s" in service.errors())
        ask("POST", f"{service.url}/fleet-audit/clock", {"advanceBy": 12 * 3600})
        until(lambda: statuses(service) == {task_id: "FAILED"})
        failed = fleet_audit("notifications", "--failed", *endpoint, home=tmp_path)
        assert failed.returncode == 1
        assert task_id in failed.stdout
        assert "answers with status 500" in failed.stdout
        receiver.answer = well
        retried = fleet_audit("notifications", "--retry", *endpoint, home=tmp_path)
        assert (retried.returncode, retried.stdout) == (0, f"{task_id} is sent to WEBHOOK again.\n")
        until(lambda: statuses(service) == {task_id: "DELIVERED"})
        again = fleet_audit("notifications", "--retry", *endpoint, home=tmp_path)
        assert "None was given up" in again.stderr
        assert "DELIVERED" in fleet_audit("notifications", *endpoint, home=tmp_path).stdout


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"FLEET_AUDIT_WEBHOOK_URL": "ftp://example.com/"}, "FLEET_AUDIT_WEBHOOK_URL"),
        ({"FLEET_AUDIT_WEBHOOK_ALLOW": "10.0.0.0/99"}, "FLEET_AUDIT_WEBHOOK_ALLOW"),
        ({"FLEET_AUDIT_WEBHOOK_SECRET_FILE": ""}, "FLEET_AUDIT_WEBHOOK_SECRET"),
        ({"FLEET_AUDIT_WEBHOOK_URL": ""}, "FLEET_AUDIT_WEBHOOK_URL"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_its_name(tmp_path, variables, wrong, named):
    done = fleet_audit("serve", "--port", "0", home=tmp_path, **{**variables, **wrong})
    assert done.returncode != 0
    assert named in done.stderr
    assert json.dumps(SECRET) not in done.stderr
