from datetime import UTC, datetime
from typing import Any

import click
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from events.vocabulary import Severity
from service.cli.audit import exit_code
from service.cli.audits import AuditReport, refusals_explained, run_audit

EXPIRING = "DEVICE_CERTIFICATE_EXPIRING_CHECK"
LOGGING = "LOGGING_DISABLED_CHECK"


def finding(severity, check_name=EXPIRING, account="000000000000", **more):
    return {
        "severity": severity,
        "checkName": check_name,
        "reasonForNonComplianceCode": "CODE",
        "nonCompliantResource": {"resourceIdentifier": {"account": account}},
        **more,
    }


def task(status="COMPLETED", **checks):
    details = {name: {"checkRunStatus": result} for name, result in checks.items()}
    return {"taskStatus": status, "auditDetails": details, "taskStartTime": datetime(2026, 1, 1, tzinfo=UTC)}


class ScriptedService:
    """Answers DescribeAuditTask with one prepared answer after the other; an exception is raised."""

    def __init__(self, answers, findings=()):
        self.answers = list(answers)
        self.findings = list(findings)
        self.started = []
        self.canceled = []

    def start_on_demand_audit_task(self, targetCheckNames):  # noqa: N803 - boto3's own
        self.started.append(targetCheckNames)
        return {"taskId": "t1"}

    def states(self, task_id):
        """As the service's stream tells them."""
        assert task_id == "t1"
        for answer in self.answers:
            if isinstance(answer, BaseException):
                raise answer
            yield {"taskStatus": answer["taskStatus"]}

    def describe_audit_task(self, **_):
        return {**self.answers[-1], "ResponseMetadata": {}}

    def cancel_audit_task(self, taskId):  # noqa: N803 - boto3's own
        self.canceled.append(taskId)

    def get_paginator(self, operation):
        assert operation == "list_audit_findings"
        return self

    def paginate(self, **_):
        half = len(self.findings) // 2
        return [{"findings": self.findings[:half]}, {"findings": self.findings[half:]}]


def test_an_audit_is_watched_until_it_is_over():
    service = ScriptedService([task("IN_PROGRESS"), task("IN_PROGRESS"), task("COMPLETED")])
    seen: list[str] = []
    report = run_audit(service, [EXPIRING], service.states, lambda state: seen.append(state["taskStatus"]))
    assert service.started == [[EXPIRING]]
    assert seen == ["IN_PROGRESS", "IN_PROGRESS", "COMPLETED"]
    assert report.task["taskStatus"] == "COMPLETED"


def test_findings_of_all_pages_come_worst_first():
    found = [finding("LOW"), finding("CRITICAL", LOGGING), finding("CRITICAL"), finding("HIGH")]
    service = ScriptedService([task()], found)
    report = run_audit(service, [EXPIRING], service.states, print)
    assert [(each["severity"], each["checkName"]) for each in report.findings] == [
        ("CRITICAL", EXPIRING),
        ("CRITICAL", LOGGING),
        ("HIGH", EXPIRING),
        ("LOW", EXPIRING),
    ]


def test_of_a_checks_findings_the_longest_standing_comes_first():
    times = ["300", "100", "200"]
    found = [finding("LOW", account=time) for time in times]
    for each, time in zip(found, times, strict=True):
        each["nonCompliantResource"]["additionalInfo"] = {"EXPIRATION_TIME": time}
    service = ScriptedService([task()], found)
    report = run_audit(service, [EXPIRING], service.states, print)
    accounts = [each["nonCompliantResource"]["resourceIdentifier"]["account"] for each in report.findings]
    assert accounts == ["100", "200", "300"]


def test_an_interrupt_cancels_the_audit():
    service = ScriptedService([task("IN_PROGRESS"), KeyboardInterrupt()])
    with pytest.raises(KeyboardInterrupt):
        run_audit(service, [EXPIRING], service.states, print)
    assert service.canceled == ["t1"]


@pytest.mark.parametrize(
    ("found", "fail_on", "code"),
    [
        ([], "LOW", 0),
        (["LOW"], "LOW", 3),
        (["MEDIUM", "LOW"], "HIGH", 0),
        (["HIGH"], "HIGH", 3),
        (["CRITICAL"], "HIGH", 3),
        (["HIGH"], "CRITICAL", 0),
    ],
)
def test_the_exit_code_tells_findings_at_or_above_the_threshold(found, fail_on, code):
    report = AuditReport(task(), "t1", [finding(severity) for severity in found])
    assert exit_code(report, Severity(fail_on)) == code


def test_a_suppressed_finding_does_not_count():
    report = AuditReport(task(), "t1", [finding("CRITICAL", isSuppressed=True)])
    assert exit_code(report, Severity.LOW) == 0


@pytest.mark.parametrize(
    "ended",
    [
        task("COMPLETED", **{EXPIRING: "COMPLETED_COMPLIANT", LOGGING: "FAILED"}),
        task("FAILED", **{LOGGING: "FAILED"}),
        task("CANCELED", **{LOGGING: "CANCELED"}),
    ],
)
@pytest.mark.parametrize("found", [[], ["CRITICAL"]])
def test_an_audit_that_is_not_whole_is_not_done(ended, found):
    report = AuditReport(ended, "t1", [finding(severity) for severity in found])
    assert exit_code(report, Severity.LOW) == 1


def test_a_refusal_reads_as_one_line():
    refusal: Any = {"Error": {"Code": "InvalidRequestException", "Message": "X_CHECK is not enabled."}}
    with pytest.raises(click.ClickException) as raised, refusals_explained():
        raise ClientError(refusal, "StartOnDemandAuditTask")
    assert raised.value.format_message() == "X_CHECK is not enabled. (InvalidRequestException)"


def test_a_service_that_is_not_there_says_how_to_start_one():
    with pytest.raises(click.ClickException) as raised, refusals_explained():
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1/")
    assert "http://127.0.0.1:1/" in raised.value.format_message()
    assert "fleet-audit serve" in raised.value.format_message()
