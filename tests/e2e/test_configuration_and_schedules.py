"""Configuration, scheduled audits and tags through unmodified boto3."""

import pytest

from tests.support.boto3_story import ROLE, enable, every_check, refusal

EXPIRING = "DEVICE_CERTIFICATE_EXPIRING_CHECK"
LOGGING = "LOGGING_DISABLED_CHECK"
ARN = "arn:aws:iot:us-east-1:000000000000:scheduledaudit/"


def test_an_account_is_configured_described_and_deleted(client):
    before = client.describe_account_audit_configuration()
    assert "roleArn" not in before
    assert not any(check["enabled"] for check in before["auditCheckConfigurations"].values())
    thresholds = {"CERT_EXPIRATION_THRESHOLD_IN_DAYS": "60"}
    topic = {"targetArn": "arn:aws:sns:us-east-1:000000000000:audits", "roleArn": ROLE, "enabled": True}
    client.update_account_audit_configuration(
        roleArn=ROLE,
        auditNotificationTargetConfigurations={"SNS": topic},
        auditCheckConfigurations={EXPIRING: {"enabled": True, "configuration": thresholds}},
    )
    client.update_account_audit_configuration(auditCheckConfigurations={LOGGING: {"enabled": True}})

    after = client.describe_account_audit_configuration()
    assert after["roleArn"] == ROLE
    assert after["auditNotificationTargetConfigurations"] == {"SNS": topic}
    checks = after["auditCheckConfigurations"]
    assert {name for name, check in checks.items() if check["enabled"]} == {EXPIRING, LOGGING}
    assert checks[EXPIRING]["configuration"] == thresholds

    client.delete_account_audit_configuration()
    assert (
        client.describe_account_audit_configuration()["auditCheckConfigurations"]
        == (before["auditCheckConfigurations"])
    )


def test_a_scheduled_audit_is_created_changed_tagged_and_deleted(client):
    enable(client, EXPIRING, LOGGING)
    created = client.create_scheduled_audit(
        scheduledAuditName="weekly",
        frequency="WEEKLY",
        dayOfWeek="MON",
        targetCheckNames=[EXPIRING],
        tags=[{"Key": "team", "Value": "fleet"}],
    )
    assert created["scheduledAuditArn"] == f"{ARN}weekly"
    client.update_scheduled_audit(scheduledAuditName="weekly", targetCheckNames=[LOGGING, EXPIRING])
    described = client.describe_scheduled_audit(scheduledAuditName="weekly")
    assert (described["frequency"], described["dayOfWeek"]) == ("WEEKLY", "MON")
    assert set(described["targetCheckNames"]) == {EXPIRING, LOGGING}

    client.tag_resource(resourceArn=f"{ARN}weekly", tags=[{"Key": "stage", "Value": "test"}])
    client.untag_resource(resourceArn=f"{ARN}weekly", tagKeys=["team"])
    assert client.list_tags_for_resource(resourceArn=f"{ARN}weekly")["tags"] == [{"Key": "stage", "Value": "test"}]

    client.delete_scheduled_audit(scheduledAuditName="weekly")
    assert client.list_scheduled_audits()["scheduledAudits"] == []
    code, status, _ = refusal(client.describe_scheduled_audit, scheduledAuditName="weekly")
    assert (code, status) == ("ResourceNotFoundException", 404)


def test_a_sixth_scheduled_audit_is_one_too_many(client):
    enable(client, LOGGING)
    for number in range(5):
        client.create_scheduled_audit(
            scheduledAuditName=f"daily-{number}", frequency="DAILY", targetCheckNames=[LOGGING]
        )
    sixth = {"scheduledAuditName": "daily-5", "frequency": "DAILY", "targetCheckNames": [LOGGING]}
    code, status, message = refusal(client.create_scheduled_audit, **sixth)
    assert (code, status) == ("LimitExceededException", 410)
    assert "5" in message
    paginator = client.get_paginator("list_scheduled_audits")
    pages = list(paginator.paginate(PaginationConfig={"PageSize": 2}))
    names = [audit["scheduledAuditName"] for page in pages for audit in page["scheduledAudits"]]
    assert names == [f"daily-{number}" for number in range(5)]
    assert len(pages) == 3


def test_the_same_again_is_done_already_and_another_of_the_name_is_refused(client):
    enable(client, LOGGING)
    daily = {"scheduledAuditName": "nightly", "frequency": "DAILY", "targetCheckNames": [LOGGING]}
    first = client.create_scheduled_audit(**daily)["scheduledAuditArn"]
    assert client.create_scheduled_audit(**daily)["scheduledAuditArn"] == first
    monthly = {**daily, "frequency": "MONTHLY", "dayOfMonth": "LAST"}
    code, status, _ = refusal(client.create_scheduled_audit, **monthly)
    assert (code, status) == ("ResourceAlreadyExistsException", 409)


def test_a_check_that_a_schedule_uses_stays_enabled(client):
    enable(client, LOGGING, EXPIRING)
    client.create_scheduled_audit(scheduledAuditName="a", frequency="DAILY", targetCheckNames=[LOGGING])
    disabling = {"auditCheckConfigurations": {LOGGING: {"enabled": False}}}
    code, status, message = refusal(client.update_account_audit_configuration, **disabling)
    assert (code, status) == ("InvalidRequestException", 400)
    assert LOGGING in message


@pytest.mark.parametrize(
    ("operation", "parameters", "code", "status", "said"),
    [
        (
            "update_account_audit_configuration",
            {"auditCheckConfigurations": {"NO_SUCH_CHECK": {"enabled": True}}, "roleArn": ROLE},
            "InvalidRequestException",
            400,
            "Request contains an invalid Audit Check Name.",
        ),
        (
            "create_scheduled_audit",
            {"scheduledAuditName": "n" * 129, "frequency": "DAILY", "targetCheckNames": [LOGGING]},
            "InvalidRequestException",
            400,
            "128",
        ),
        ("list_scheduled_audits", {"maxResults": 251}, "InvalidRequestException", 400, "250"),
        ("list_scheduled_audits", {"nextToken": "made-up"}, "InvalidRequestException", 400, "nextToken"),
        ("describe_audit_task", {"taskId": "0" * 32}, "ResourceNotFoundException", 404, ""),
        ("cancel_audit_task", {"taskId": "0" * 32}, "ResourceNotFoundException", 404, ""),
        ("delete_scheduled_audit", {"scheduledAuditName": "none"}, "ResourceNotFoundException", 404, "none"),
        ("start_on_demand_audit_task", {"targetCheckNames": [LOGGING]}, "InvalidRequestException", 400, LOGGING),
        ("list_audit_findings", {}, "InvalidRequestException", 400, "taskId"),
    ],
)
def test_a_refusal_is_the_exception_that_aws_would_raise(client, operation, parameters, code, status, said):
    assert EXPIRING in every_check(client)
    refused = refusal(getattr(client, operation), **parameters)
    assert refused[:2] == (code, status)
    assert said in refused[2]
