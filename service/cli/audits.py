"""One audit through the API, from its start to its findings, as any program with boto3 would do it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import boto3
import click
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from events.vocabulary import AuditTaskStatus, CheckRunStatus, Severity
from service.cli.finding import SEVERITIES, badness
from service.cli.watching import watch

Client = Any
"""boto3's client of AWS IoT: a class that boto3 makes at run time."""

Watch = Callable[[str], Iterable[dict[str, Any]]]
"""The states of the audit of a task id, until it has ended (`service/cli/watching.py`)."""


@dataclass(frozen=True)
class AuditReport:
    """What an audit came to, in the API's own members."""

    task: dict[str, Any]
    """DescribeAuditTask's answer."""
    task_id: str
    findings: list[dict[str, Any]]
    """ListAuditFindings' answer, worst first."""

    def at_or_above(self, threshold: Severity) -> list[dict[str, Any]]:
        """The findings that are as bad as `threshold` or worse, leaving out the suppressed ones."""
        bad = SEVERITIES[: SEVERITIES.index(threshold) + 1]
        return [each for each in self.findings if each["severity"] in bad and not each.get("isSuppressed")]

    @property
    def failed_checks(self) -> dict[str, str]:
        """Each check that could not be done, with the reason."""
        return {
            name: detail.get("message") or detail.get("errorCode") or "no reason given"
            for name, detail in self.task["auditDetails"].items()
            if detail["checkRunStatus"] == CheckRunStatus.FAILED
        }

    @property
    def is_whole(self) -> bool:
        """Whether every check was done."""
        return self.task["taskStatus"] == AuditTaskStatus.COMPLETED and not self.failed_checks


def audit_client(endpoint_url: str, region: str, *, own_credentials: bool = False) -> Client:
    """boto3's client for the service at `endpoint_url`.

    Without `own_credentials` it signs with a placeholder, for a service that does not ask who calls.
    """
    return boto3.client(
        "iot",
        endpoint_url=endpoint_url,
        region_name=region,
        aws_access_key_id=None if own_credentials else "fleet-audit",
        aws_secret_access_key=None if own_credentials else "not-checked",
        config=Config(connect_timeout=5, read_timeout=60, retries={"total_max_attempts": 2, "mode": "standard"}),
    )


def watched_by(client: Client) -> Watch:
    """What tells the states of an audit of the service that a client calls."""
    return partial(watch, client.meta.endpoint_url)


@contextmanager
def refusals_explained() -> Iterator[None]:
    """Turn what boto3 raises into one line for a person."""
    try:
        yield
    except ClientError as error:
        refusal = error.response["Error"]
        raise click.ClickException(f"{refusal['Message']} ({refusal['Code']})") from error
    except BotoCoreError as error:
        raise click.ClickException(
            f"{error} Is a Fleet Audit service there? `fleet-audit serve` starts one."
        ) from error


def enabled_checks(client: Client) -> list[str]:
    """The checks that are enabled in the account."""
    checks = client.describe_account_audit_configuration()["auditCheckConfigurations"]
    return [name for name, check in checks.items() if check.get("enabled")]


def run_audit(
    client: Client, check_names: Sequence[str], states_of: Watch, look: Callable[[dict[str, Any]], None]
) -> AuditReport:
    """Start an on-demand audit, `look` at each state in which it is, and return what it came to.

    `states_of` tells the states of an audit. An interrupt (Ctrl-C) cancels the audit.
    """
    task_id = client.start_on_demand_audit_task(targetCheckNames=list(check_names))["taskId"]
    try:
        for state in states_of(task_id):
            look(state)
    except KeyboardInterrupt:
        client.cancel_audit_task(taskId=task_id)
        raise
    pages = client.get_paginator("list_audit_findings").paginate(
        taskId=task_id, PaginationConfig={"PageSize": 250}
    )
    findings = [dict(finding) for page in pages for finding in page["findings"]]
    task = dict(client.describe_audit_task(taskId=task_id))
    task.pop("ResponseMetadata")
    return AuditReport(task, task_id, sorted(findings, key=badness))
