"""Ends of audits reach an SQS queue through moto's SNS, published by the whole service with boto3's variables."""

from pathlib import Path

import pytest

from events.audit_notification import NotificationStatus
from events.configuration_change import CheckConfiguration, ConfigurationChange, NotificationTarget
from events.vocabulary import AccountId, NotificationTargetType
from projections.paging import Page
from service.listening import listening_in_a_thread
from service.settings import Settings
from tests.support.aws_consumer import handle
from tests.support.broad_policies import policies
from tests.support.running_audit import RunningAudit, running_audit
from tests.support.topic_server import Subscription
from tests.support.waiting import until
from workers.inventory.importers.import_ndjson import import_ndjson

ACCOUNT = AccountId("123456789012")
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Notify"
CHECK = "LOGGING_DISABLED_CHECK"


def settings(directory: Path, *, assumes_role: bool = True) -> Settings:
    return Settings(port=0, data_directory=directory / "data", account=ACCOUNT, assumes_role=assumes_role)


def enable(audit: RunningAudit, topic_arn: str, role: str = ROLE) -> None:
    target = NotificationTarget(topic_arn, role, enabled=True)
    checks = {name: CheckConfiguration(True) for name in audit.checks}
    change = ConfigurationChange(role, checks, {NotificationTargetType.SNS: target})
    audit.services.application.update_account_audit_configuration(change, audit.cause()).result()


def statuses(audit: RunningAudit) -> list[NotificationStatus]:
    rows = audit.services.read_models.audit_notifications.list(ACCOUNT, None, Page(25)).rows
    return [each.status for each in rows]


@pytest.mark.parametrize("topic", ["audits", "audits.fifo"])
@pytest.mark.parametrize("assumes_role", [True, False])
def test_the_end_of_an_audit_is_published_with_an_identity(server, tmp_path, assumes_role, topic):
    subscription = Subscription(topic)
    with running_audit(settings(tmp_path, assumes_role=assumes_role), CHECK) as audit:
        enable(audit, subscription.topic_arn)
        audit.begin()
        audit.wait_until_over()
        [message] = subscription.wait_for()
        until(lambda: statuses(audit) == [NotificationStatus.DELIVERED])
    assert message["taskId"] == audit.task_id
    assert message["accountId"] == ACCOUNT
    assert message["taskStatus"] == "FAILED"
    assert message["auditDetails"][0]["errorCode"] == "INSUFFICIENT_PERMISSIONS"
    assert len(subscription.message_ids()[0]) == 36


def test_a_consumer_written_for_aws_runs_unmodified(server, tmp_path, monkeypatch):
    subscription = Subscription()
    broad = "IOT_POLICY_OVERLY_PERMISSIVE_CHECK"
    with running_audit(settings(tmp_path), broad, "IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK", CHECK) as audit:
        services = audit.services
        import_ndjson(services.inventory, ACCOUNT, policies(60), replace=True, now=services.clock.now())
        enable(audit, subscription.topic_arn)
        audit.begin()
        subscription.wait_for()
        with listening_in_a_thread(services) as url:
            monkeypatch.setenv("AWS_ENDPOINT_URL_IOT", url)
            found = handle({"Records": [{"Sns": envelope} for envelope in subscription.envelopes]})
    assert {check: len(findings) for check, findings in found.items()} == {broad: 60}
    assert len({finding["findingId"] for finding in found[broad]}) == 60


@pytest.mark.parametrize(
    ("role", "topic", "why"),
    [
        (ROLE.replace(ACCOUNT, "999999999999"), None, "is not one of the account"),
        (ROLE, "arn:aws:sns:us-east-1:123456789012:gone", "There is no SNS topic"),
    ],
)
def test_what_sns_refuses_is_said_and_tried_again(server, tmp_path, caplog, role, topic, why):
    subscription = Subscription()
    with running_audit(settings(tmp_path), CHECK) as audit:
        enable(audit, topic or subscription.topic_arn, role)
        audit.begin()
        until(lambda: why in caplog.text)
        assert statuses(audit) == [NotificationStatus.PENDING]
    assert "is tried again in 5 s" in caplog.text
