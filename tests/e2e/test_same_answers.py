"""A cluster gives the same answers as `fleet-audit serve`: one walk through boto3 on both, compared whole."""

import re
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from tests.support.boto3_story import ROLE
from tests.support.cluster import on_servers
from tests.support.fleet_audit_process import Client

EXPIRING = "DEVICE_CERTIFICATE_EXPIRING_CHECK"
LOGGING = "LOGGING_DISABLED_CHECK"
ARN = "arn:aws:iot:us-east-1:000000000000:scheduledaudit/"
TOPIC = {"targetArn": "arn:aws:sns:us-east-1:000000000000:audits", "roleArn": ROLE, "enabled": False}
DAYS = {"CERT_EXPIRATION_THRESHOLD_IN_DAYS": "60"}
NOBODY = "0" * 32
DAILY = {"frequency": "DAILY", "targetCheckNames": [LOGGING]}
WEEKLY = {"frequency": "WEEKLY", "dayOfWeek": "MON", "targetCheckNames": [EXPIRING, LOGGING]}

CONFIGURATION: list[tuple[str, dict[str, Any]]] = [
    ("describe_account_audit_configuration", {}),
    ("update_account_audit_configuration", {"auditCheckConfigurations": {LOGGING: {"enabled": True}}}),
    ("start_on_demand_audit_task", {"targetCheckNames": [LOGGING]}),
    ("update_account_audit_configuration", {"roleArn": ROLE}),
    ("update_account_audit_configuration", {"auditNotificationTargetConfigurations": {"SNS": TOPIC}}),
    (
        "update_account_audit_configuration",
        {
            "roleArn": ROLE,
            "auditNotificationTargetConfigurations": {"SNS": TOPIC},
            "auditCheckConfigurations": {
                LOGGING: {"enabled": True},
                EXPIRING: {"enabled": True, "configuration": DAYS},
            },
        },
    ),
    ("update_account_audit_configuration", {"auditCheckConfigurations": {"NO_SUCH_CHECK": {"enabled": True}}}),
    (
        "update_account_audit_configuration",
        {"auditCheckConfigurations": {EXPIRING: {"enabled": True, "configuration": {"DAYS": "1"}}}},
    ),
    ("describe_account_audit_configuration", {}),
]

SCHEDULES: list[tuple[str, dict[str, Any]]] = [
    ("list_scheduled_audits", {}),
    ("create_scheduled_audit", {"scheduledAuditName": "a", **DAILY, "tags": [{"Key": "team", "Value": "fleet"}]}),
    ("create_scheduled_audit", {"scheduledAuditName": "a", **DAILY, "tags": [{"Key": "team", "Value": "fleet"}]}),
    ("create_scheduled_audit", {"scheduledAuditName": "a", **WEEKLY}),
    ("create_scheduled_audit", {"scheduledAuditName": "b", **WEEKLY}),
    ("create_scheduled_audit", {"scheduledAuditName": "n" * 129, **DAILY}),
    ("create_scheduled_audit", {"scheduledAuditName": "c", **DAILY, "dayOfWeek": "MON"}),
    ("create_scheduled_audit", {"scheduledAuditName": "c", **DAILY, "targetCheckNames": ["NO_SUCH_CHECK"]}),
    *(("create_scheduled_audit", {"scheduledAuditName": name, **DAILY}) for name in "cdef"),
    ("list_scheduled_audits", {}),
    ("list_scheduled_audits", {"maxResults": 2}),
    ("list_scheduled_audits", {"maxResults": 251}),
    ("list_scheduled_audits", {"nextToken": "made-up"}),
    ("describe_scheduled_audit", {"scheduledAuditName": "a"}),
    ("update_scheduled_audit", {"scheduledAuditName": "a", "frequency": "MONTHLY", "dayOfMonth": "LAST"}),
    ("update_scheduled_audit", {"scheduledAuditName": "a", "frequency": "WEEKLY"}),
    ("update_scheduled_audit", {"scheduledAuditName": "none", "frequency": "DAILY"}),
    ("describe_scheduled_audit", {"scheduledAuditName": "a"}),
    ("update_account_audit_configuration", {"auditCheckConfigurations": {LOGGING: {"enabled": False}}}),
]

TAGS: list[tuple[str, dict[str, Any]]] = [
    ("list_tags_for_resource", {"resourceArn": f"{ARN}a"}),
    ("tag_resource", {"resourceArn": f"{ARN}a", "tags": [{"Key": "stage", "Value": "test"}]}),
    ("tag_resource", {"resourceArn": f"{ARN}a", "tags": [{"Key": "aws:stage", "Value": "test"}]}),
    ("tag_resource", {"resourceArn": f"{ARN}none", "tags": [{"Key": "stage", "Value": "test"}]}),
    ("tag_resource", {"resourceArn": "arn:of:nothing", "tags": [{"Key": "stage", "Value": "test"}]}),
    ("untag_resource", {"resourceArn": f"{ARN}a", "tagKeys": ["team", "none"]}),
    ("list_tags_for_resource", {"resourceArn": f"{ARN}a"}),
    ("list_tags_for_resource", {"resourceArn": f"{ARN}none"}),
]

ENDS: list[tuple[str, dict[str, Any]]] = [
    ("describe_audit_task", {"taskId": NOBODY}),
    ("cancel_audit_task", {"taskId": NOBODY}),
    ("start_on_demand_audit_task", {"targetCheckNames": ["NO_SUCH_CHECK"]}),
    ("list_audit_findings", {}),
    ("list_audit_findings", {"taskId": NOBODY}),
    ("delete_scheduled_audit", {"scheduledAuditName": "a"}),
    ("delete_scheduled_audit", {"scheduledAuditName": "a"}),
    ("describe_scheduled_audit", {"scheduledAuditName": "a"}),
    ("list_scheduled_audits", {}),
    ("delete_account_audit_configuration", {"deleteScheduledAudits": True}),
    ("list_scheduled_audits", {}),
    ("describe_account_audit_configuration", {}),
]

WALK = CONFIGURATION + SCHEDULES + TAGS + ENDS


def test_a_cluster_gives_the_same_answers_as_serve(service, postgresql, tmp_path):
    home = tmp_path / "cluster"
    home.mkdir()
    with on_servers(home, postgresql, apis=2, coordinators=1, workers=1) as cluster:
        of_cluster = walked([cluster.client(0), cluster.client(1)])
    of_serve = walked([service.client()])
    for step, here, there in zip(WALK, of_serve, of_cluster, strict=True):
        assert there == here, step
    refused = {answer["Error"]["Code"] for answer in of_serve if "Error" in answer}
    assert refused == {
        "InvalidRequestException",
        "LimitExceededException",
        "ResourceAlreadyExistsException",
        "ResourceNotFoundException",
    }


def walked(clients: list[Client]) -> list[dict[str, Any]]:
    """What each step of the walk is answered, by one client after the other."""
    return [
        answered(clients[number % len(clients)], operation, parameters)
        for number, (operation, parameters) in enumerate(WALK)
    ]


def answered(client: Client, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """An answer or a refusal, with its status and type, without what is another one each time."""
    try:
        answer = getattr(client, operation)(**parameters)
    except ClientError as error:
        answer = dict(error.response)
    metadata = answer.pop("ResponseMetadata")
    kind = metadata["HTTPHeaders"].get("content-type")
    return {"status": metadata["HTTPStatusCode"], "type": kind, **masked(answer)}


def masked(value: Any) -> Any:
    """The same with times, ids and tokens alike."""
    match value:
        case dict():
            return {key: "a token" if key == "nextToken" else masked(each) for key, each in value.items()}
        case list():
            return [masked(each) for each in value]
        case datetime():
            return "a time"
        case str():
            return re.sub(r"\b[0-9a-f]{32}\b|\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "an id", value)
    return value
