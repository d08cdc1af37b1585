"""What every story through boto3 does: enable, start, wait until it is over, list."""

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

ROLE = "arn:aws:iam::000000000000:role/FleetAudit"
LONGEST_AUDIT = 90.0

Client = Any


def every_check(client: Client) -> list[str]:
    """The names of the supported checks."""
    return list(client.describe_account_audit_configuration()["auditCheckConfigurations"])


def enable(client: Client, *check_names: str) -> list[str]:
    """Enable these checks, or all there are; returns their names."""
    names = list(check_names) or every_check(client)
    client.update_account_audit_configuration(
        roleArn=ROLE, auditCheckConfigurations={name: {"enabled": True} for name in names}
    )
    return names


def start(client: Client, *check_names: str) -> str:
    """Start an audit; returns its id."""
    task_id: str = client.start_on_demand_audit_task(targetCheckNames=list(check_names))["taskId"]
    return task_id


def ended(client: Client, task_id: str) -> dict[str, Any]:
    """Ask for the audit until it is over; returns the last answer."""
    deadline = time.monotonic() + LONGEST_AUDIT
    while time.monotonic() < deadline:
        task: dict[str, Any] = client.describe_audit_task(taskId=task_id)
        if task["taskStatus"] != "IN_PROGRESS":
            return task
    raise AssertionError(f"audit {task_id} is not over after {LONGEST_AUDIT} s: {task}")


def findings(client: Client, page_size: int = 250, **filters: Any) -> list[dict[str, Any]]:
    """Every finding that a filter lets through, by botocore's own paginator."""
    paginator = client.get_paginator("list_audit_findings")
    pages = paginator.paginate(**filters, PaginationConfig={"PageSize": page_size})
    return [finding for page in pages for finding in page["findings"]]


def ids(found: list[dict[str, Any]]) -> list[str]:
    """The ids of findings, in their order."""
    return [finding["findingId"] for finding in found]


def refusal(operation: Any, **parameters: Any) -> tuple[str, int, str]:
    """Call what is to be refused; returns the error's code, HTTP status and message."""
    with pytest.raises(ClientError) as raised:
        operation(**parameters)
    response: Any = raised.value.response
    return (
        response["Error"]["Code"],
        response["ResponseMetadata"]["HTTPStatusCode"],
        response["Error"]["Message"],
    )
