"""docs/history.md is true: configure, audit, change, audit, disable a check; then who, when, and what then."""

import json
import re
from pathlib import Path

import pytest

from tests.support.demo_fleet import LOGGING
from tests.support.fleet_audit_process import FleetAuditService, fleet_audit

PAGE = Path(__file__).parents[2] / "docs" / "history.md"
ROLE = "arn:aws:iam::000000000000:role/FleetAudit"
EXPIRING = "CA_CERTIFICATE_EXPIRING_CHECK"
LOGGING_ON = (
    '{"resourceType": "ACCOUNT_SETTINGS", "v2LoggingOptions": {"defaultLogLevel": "INFO", "roleArn": "%s"}}'
)
LOGGING_OFF = '{"resourceType": "ACCOUNT_SETTINGS", "v2LoggingOptions": {"disableAllLogs": true}}'


def audit(service, home, settings):
    (home / "settings.ndjson").write_text(settings)
    fleet_audit("import", "settings.ndjson", "--endpoint-url", service.url, home=home)
    started = service.aws_answer("start-on-demand-audit-task", "--target-check-names", LOGGING)
    fleet_audit("watch", started["taskId"], "--endpoint-url", service.url, home=home)
    return started["taskId"]


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """Returns home, service and the two audits."""
    home = tmp_path_factory.mktemp("home")
    with FleetAuditService(home) as service:
        enabled = {LOGGING: {"enabled": True}, EXPIRING: {"enabled": True}}
        configure = "update-account-audit-configuration", "--audit-check-configurations"
        service.aws_answer(*configure, json.dumps(enabled), "--role-arn", ROLE)
        first = audit(service, home, LOGGING_ON % ROLE)
        second = audit(service, home, LOGGING_OFF)
        service.aws_answer(*configure, json.dumps({LOGGING: {"enabled": False}}))
        yield home, service, first, second


def lines(done):
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("over_http", [True, False])
def test_who_disabled_the_check_and_when(story, over_http):
    home, service, *_ = story
    where = ("--endpoint-url", service.url) if over_http else ("--data-dir", service.data_directory)
    asked = ("history", "--check", LOGGING, "--kind", "AuditAccount.ChecksDisabled")
    shown = fleet_audit(*asked, *where, home=home).stdout.splitlines()
    assert re.fullmatch(rf"\S+Z +any +disabled the check {LOGGING} \(enabled -> disabled\) *", shown[1]), shown
    [event] = lines(fleet_audit(*asked, "--ndjson", *where, home=home))
    assert (event["actor"], event["event"]["check_names"]) == ("any", [LOGGING])
    assert event["changes"] == [{"member": f"checks.{LOGGING}", "from": "enabled", "to": "disabled"}]


def test_what_was_known_then(story):
    home, service, first, second = story
    history = lines(fleet_audit("history", "--ndjson", "--endpoint-url", service.url, home=home))
    [disabled] = [each for each in history if each["kind"].startswith("AuditAccount.ChecksDisabled")]

    def at(moment, *command):
        done = fleet_audit("at", moment, "--endpoint-url", service.url, "--", *command, home=home)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    before = at(disabled["position"] - 1, "describe-account-audit-configuration")
    assert before["auditCheckConfigurations"][LOGGING] == {"enabled": True}
    assert service.aws_answer("describe-account-audit-configuration")["auditCheckConfigurations"][LOGGING] == {
        "enabled": False
    }
    [began] = [each for each in history if each["taskId" if "taskId" in each else "kind"] == second][:1]
    assert at(began["position"], "list-audit-findings", "--task-id", second)["findings"] == []
    [finding] = at(disabled["position"], "list-audit-findings", "--task-id", second)["findings"]
    assert finding["checkName"] == LOGGING
    known = at(began["position"] - 1, "list-audit-tasks", "--start-time", "2026-11-01", "--end-time", "2100-01-01")
    assert [task["taskId"] for task in known["tasks"]] == [first]


def test_an_unmodified_client_travels_in_time_by_one_hook_as_the_page_has_it(story):
    _, service, *_ = story
    section = PAGE.read_text().split("## As of then")[1].split("\n## ")[0]
    [block] = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    there = {"endpoint_url": service.url, "moment": "1"}
    exec(compile(block, str(PAGE), "exec"), there)
    assert not any(check["enabled"] for check in there["then"]["auditCheckConfigurations"].values())
    assert there["position"] == "1"


def test_refused_commands_are_shown_apart(story):
    home, service, first, _ = story
    assert service.aws("cancel-audit-task", "--task-id", first).returncode != 0
    shown = fleet_audit("history", "--refused", "--endpoint-url", service.url, home=home)
    assert f"CancelAuditTask: The audit task {first} is not in progress." in shown.stdout
    assert "CancelAuditTask" not in fleet_audit("history", "--endpoint-url", service.url, home=home).stdout


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("at", "3026-01-01", "--", "describe-account-audit-configuration"), "must not be in the future"),
        (("at", "then", "--", "describe-account-audit-configuration"), "must be a time"),
        (("at", "1", "--", "describe-audit-task", "--task-id", "1"), "There is no audit task"),
        (("at", "1", "--", "cancel-audit-task", "--task-id", "1"), "is none of"),
        (("history", "--since", "then"), "startTime"),
        (("history", "--refused", "--task", "1"), "--refused"),
    ],
)
def test_what_is_wrong_is_said(story, command, said):
    home, service, *_ = story
    name, *rest = command
    done = fleet_audit(name, "--endpoint-url", service.url, *rest, home=home)
    assert done.returncode != 0
    assert said in done.stderr
