"""The whole story once more, typed as people type it."""

import json
import subprocess
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.demo_fleet import LOGGING
from tests.support.fleet_audit_process import AWS, FleetAuditService, environment, fleet_audit

ROLE = "arn:aws:iam::000000000000:role/FleetAudit"
AUDITED_WITHIN = 60


def described_until_over(service: FleetAuditService, task_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + AUDITED_WITHIN
    while time.monotonic() < deadline:
        task = service.aws_answer("describe-audit-task", "--task-id", task_id)
        if task["taskStatus"] != "IN_PROGRESS":
            return task
    raise AssertionError(task)


def test_an_audit_typed_from_configuration_to_findings(service, fleet):
    fleet_audit("import", fleet.inventory, "--data-dir", service.data_directory, home=service.home)
    enabled = json.dumps({LOGGING: {"enabled": True}})
    service.aws_answer(
        "update-account-audit-configuration", "--role-arn", ROLE, "--audit-check-configurations", enabled
    )
    configuration = service.aws_answer("describe-account-audit-configuration")
    assert configuration["auditCheckConfigurations"][LOGGING]["enabled"] is True

    daily = ("--scheduled-audit-name", "daily", "--frequency", "DAILY", "--target-check-names", LOGGING)
    created = service.aws_answer("create-scheduled-audit", *daily, "--tags", "Key=team,Value=fleet")
    arn = created["scheduledAuditArn"]
    tags = service.aws_answer("list-tags-for-resource", "--resource-arn", arn)
    assert tags["tags"] == [{"Key": "team", "Value": "fleet"}]
    assert len(service.aws_answer("list-scheduled-audits", "--page-size", "1")["scheduledAudits"]) == 1

    started = service.aws_answer("start-on-demand-audit-task", "--target-check-names", LOGGING)
    task = described_until_over(service, started["taskId"])
    assert task["taskStatistics"]["nonCompliantChecks"] == 1
    found = service.aws_answer("list-audit-findings", "--task-id", started["taskId"])["findings"]
    assert [finding["reasonForNonComplianceCode"] for finding in found] == ["LOGGING_DISABLED"]
    which = ("--finding-id", found[0]["findingId"])
    assert service.aws_answer("describe-audit-finding", *which)["finding"] == found[0]
    related = service.aws_answer("list-related-resources-for-audit-finding", *which)
    assert related["relatedResources"] == []

    window = (
        "--start-time",
        (datetime.now(UTC) - timedelta(hours=1)).isoformat(),
        "--end-time",
        datetime.now(UTC).isoformat(),
    )
    assert [each["taskId"] for each in service.aws_answer("list-audit-tasks", *window)["tasks"]] == [
        started["taskId"]
    ]


def test_a_refusal_is_what_the_aws_cli_shows_of_aws(service):
    refused = service.aws("cancel-audit-task", "--task-id", "0" * 32)
    assert refused.returncode == 255
    assert "(ResourceNotFoundException) when calling the CancelAuditTask operation" in refused.stderr


def test_what_it_says_to_type_works(service):
    lines = [line.strip() for line in service.welcome.splitlines()]
    exports = [line.removeprefix("export ").split() for line in lines if line.startswith("export ")]
    variables = dict(pair.split("=", 1) for pairs in exports for pair in pairs)
    [command] = [line.split() for line in lines if line.startswith("aws ")]
    typed = subprocess.run(
        [*AWS, *command[1:]],
        env={**environment(service.home), **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert typed.returncode == 0, typed.stderr
    assert LOGGING in json.loads(typed.stdout)["auditCheckConfigurations"]
