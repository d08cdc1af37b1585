"""A consumer of audits' notifications, as one would write it for AWS: it knows boto3, and nothing of ours.

Endpoint, region and credentials are boto3's own variables.
"""

import json
from typing import Any

import boto3


def handle(event: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """A Lambda function that SNS invokes: the findings of each check that found something."""
    iot: Any = boto3.client("iot")
    found: dict[str, list[dict[str, Any]]] = {}
    for record in event["Records"]:
        message = json.loads(record["Sns"]["Message"])
        if message["taskStatus"] != "COMPLETED" or not message["nonCompliantChecksCount"]:
            continue
        task = iot.describe_audit_task(taskId=message["taskId"])
        assert task["taskStatistics"]["totalChecks"] == message["totalChecksCount"]
        assert task["taskStartTime"].timestamp() == message["taskStartTime"] / 1000
        for detail in message["auditDetails"]:
            described = task["auditDetails"][detail["checkName"]]
            assert described["checkRunStatus"] == detail["checkRunStatus"]
            assert described["totalResourcesCount"] == detail["totalResourcesCount"]
            if detail["checkRunStatus"] == "COMPLETED_NON_COMPLIANT":
                pages = iot.get_paginator("list_audit_findings").paginate(
                    taskId=message["taskId"], checkName=detail["checkName"]
                )
                found[detail["checkName"]] = [finding for page in pages for finding in page["findings"]]
                assert len(found[detail["checkName"]]) == detail["nonCompliantResourcesCount"]
    return found
