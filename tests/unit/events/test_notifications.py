"""What the end of an audit wants to be announced, and what may become of that."""

import pytest

from events.application import Application
from events.audit_notification import (
    AuditNotificationDelivered,
    AuditNotificationGivenUp,
    AuditNotificationRequested,
    AuditNotificationRetried,
    NotificationChannel,
)
from events.audit_task import CheckOutcome
from events.configuration_change import ConfigurationChange, NotificationTarget
from events.identifiers import audit_notification_id
from events.vocabulary import CheckRunStatus, NotificationTargetType
from tests.support.events import ROLE_ARN, TARGET
from tests.support.given import ACCOUNT, CAUSE
from tests.support.made_up_audits import TASK
from tests.support.made_up_catalogue import OPEN, ROTTING

SNS, WEBHOOK = NotificationChannel.SNS, NotificationChannel.WEBHOOK
COMPLIANT = CheckOutcome(CheckRunStatus.COMPLETED_COMPLIANT, 5)
OTHER_TARGET = NotificationTarget("arn:aws:sns:us-east-1:000000000000:others", ROLE_ARN, enabled=True)


def set_target(application: Application, target: NotificationTarget) -> None:
    change = ConfigurationChange(targets={NotificationTargetType.SNS: target})
    application.update_account_audit_configuration(change, CAUSE).result()


def begin(application: Application) -> None:
    application.start_on_demand_audit_task(TASK, [ROTTING, OPEN], CAUSE).result()


def end(application: Application) -> None:
    for name in (ROTTING, OPEN):
        application.end_check_run(TASK, name, COMPLIANT, CAUSE).result()


def announced(log, channel=SNS):
    return log.stream(audit_notification_id(ACCOUNT, TASK, channel))


def test_the_end_of_an_audit_is_announced_to_the_target_that_is_set_then(configured, log):
    set_target(configured, OTHER_TARGET)
    begin(configured)
    set_target(configured, TARGET)
    assert announced(log) == []
    end(configured)
    set_target(configured, OTHER_TARGET)
    [requested] = announced(log)
    assert isinstance(requested, AuditNotificationRequested)
    assert (requested.target_arn, requested.role_arn) == (TARGET.target_arn, TARGET.role_arn)
    assert announced(log, WEBHOOK) == []


def test_it_is_wanted_in_the_transaction_in_which_the_audit_ends(configured, log):
    set_target(configured, TARGET)
    begin(configured)
    before = log.last_position()
    configured.cancel_audit_task(TASK, CAUSE).result()
    names = [type(each.event).__name__ for each in log.after(before)]
    assert names == ["AuditTaskCanceled", "OnDemandAuditReleased", "AuditNotificationRequested"]


@pytest.mark.parametrize("enabled", [False, None])
def test_nothing_is_announced_to_a_target_that_is_not_enabled(configured, log, enabled):
    set_target(configured, NotificationTarget(TARGET.target_arn, TARGET.role_arn, enabled))
    begin(configured)
    end(configured)
    assert announced(log) == []


def test_a_target_that_is_enabled_later_learns_nothing_of_audits_that_are_over(configured, log):
    begin(configured)
    end(configured)
    set_target(configured, TARGET)
    end(configured)
    assert announced(log) == []


def test_a_webhook_is_told_as_long_as_there_is_one(configured, log):
    configured.notifications.set_webhook(is_set=True, cause=CAUSE).result()
    position = log.last_position()
    configured.notifications.set_webhook(is_set=True, cause=CAUSE).result()
    assert log.last_position() == position
    begin(configured)
    end(configured)
    [requested] = announced(log, WEBHOOK)
    assert (requested.channel, requested.target_arn, requested.role_arn) == (WEBHOOK, "", "")
    assert announced(log, SNS) == []


@pytest.fixture
def wanted(configured):
    set_target(configured, TARGET)
    begin(configured)
    end(configured)
    return configured.notifications


def kinds(log):
    return [type(event) for event in announced(log)]


def test_what_was_delivered_stays_delivered(wanted, log):
    for _ in range(2):
        wanted.record_notification_delivery(TASK, SNS, "message-1", 3, CAUSE).result()
    wanted.give_up_notification(TASK, SNS, "It is dead.", 4, CAUSE).result()
    assert wanted.retry_notification(TASK, SNS, CAUSE).result().value is False
    assert kinds(log) == [AuditNotificationRequested, AuditNotificationDelivered]


def test_what_was_given_up_can_be_retried_once_and_given_up_again(wanted, log):
    for _ in range(2):
        wanted.give_up_notification(TASK, SNS, "It is dead.", 4, CAUSE).result()
    assert wanted.retry_notification(TASK, SNS, CAUSE).result().value is True
    assert wanted.retry_notification(TASK, SNS, CAUSE).result().value is False
    wanted.give_up_notification(TASK, SNS, "It is dead.", 4, CAUSE).result()
    assert kinds(log) == [
        AuditNotificationRequested,
        AuditNotificationGivenUp,
        AuditNotificationRetried,
        AuditNotificationGivenUp,
    ]


def test_a_delivery_that_is_noted_late_counts(wanted, log):
    wanted.give_up_notification(TASK, SNS, "It is dead.", 4, CAUSE).result()
    wanted.record_notification_delivery(TASK, SNS, "message-1", 4, CAUSE).result()
    assert kinds(log)[-1] is AuditNotificationDelivered


def test_nothing_becomes_of_what_nobody_wanted(configured, log):
    configured.notifications.record_notification_delivery(TASK, SNS, "message-1", 1, CAUSE).result()
    configured.notifications.give_up_notification(TASK, SNS, "It is dead.", 1, CAUSE).result()
    assert announced(log) == []
