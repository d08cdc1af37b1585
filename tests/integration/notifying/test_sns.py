"""Ends of audits reach an SQS queue through moto's SNS, published by the whole service with boto3's variables."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from events.audit_notification import NotificationStatus
from events.configuration_change import CheckConfiguration, ConfigurationChange, NotificationTarget
from events.vocabulary import AccountId, NotificationTargetType
from projections.paging import Page
from service.settings import Settings
from tests.support.running_audit import RunningAudit, running_audit
from tests.support.topic_server import Subscription, topic_server
from tests.support.waiting import until

ACCOUNT = AccountId("123456789012")
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Notify"
CHECK = "LOGGING_DISABLED_CHECK"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with topic_server() as url:
        # Both are boto3's own: of all services, and of one.
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        for service in ("SNS", "SQS", "STS"):
            monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "any")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "any")
        yield url


def settings(directory: Path, *, assumes_role: bool = True) -> Settings:
    return Settings(data_directory=directory / "data", account=ACCOUNT, assumes_role=assumes_role)


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
