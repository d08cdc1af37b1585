"""What may be configured of an account's audits."""

from typing import Any

import pytest

from events.audit_account import AuditAccount
from events.audit_account_events import (
    AuditCheckConfigured,
    AuditChecksDisabled,
    AuditChecksEnabled,
    AuditConfigurationDeleted,
    AuditNotificationTargetChanged,
    AuditRoleChanged,
    ScheduledAuditCreated,
    ScheduledAuditDeleted,
)
from events.configuration_change import CheckConfiguration, ConfigurationChange, NotificationTarget
from events.errors import InvalidRequest, NotFound
from events.scheduled_audit import Schedule
from events.vocabulary import AuditFrequency, CheckName, NotificationTargetType
from tests.support.given import CAUSE, Fact, Given, fact

ROLE = "arn:aws:iam::000000000000:role/Audit"
TOPIC = "arn:aws:sns:us-east-1:000000000000:findings"
AGE = CheckName("DEVICE_CERTIFICATE_AGE_CHECK")
LOGGING = CheckName("LOGGING_DISABLED_CHECK")
SNS = NotificationTargetType.SNS

CONFIGURED = (
    fact(AuditRoleChanged, role_arn=ROLE),
    fact(AuditChecksEnabled, check_names=[AGE, LOGGING]),
)
DAILY_LOGGING = fact(
    ScheduledAuditCreated,
    name="daily",
    schedule=Schedule(AuditFrequency.DAILY),
    check_names=[LOGGING],
    tags={},
    generation=1,
)


def given(*facts: Fact) -> Given[AuditAccount]:
    return Given(AuditAccount, *facts)


def update(**members: Any):
    return lambda account: account.update_configuration(ConfigurationChange(**members), CAUSE)


def enabled(*names: CheckName) -> dict[CheckName, CheckConfiguration]:
    return {name: CheckConfiguration(enabled=True) for name in names}


def disabled(*names: CheckName) -> dict[CheckName, CheckConfiguration]:
    return {name: CheckConfiguration(enabled=False) for name in names}


def test_the_first_update_sets_the_role_and_enables_checks():
    given().when(update(role_arn=ROLE, checks=enabled(AGE, LOGGING))).then(*CONFIGURED)


def test_the_first_update_needs_a_role():
    given().when(update(checks=enabled(AGE))).then_refused(InvalidRequest, "roleArn")


@pytest.mark.parametrize("checks", [{}, disabled(AGE), {AGE: CheckConfiguration(configuration={"X": "30"})}])
def test_the_first_update_needs_an_enabled_check(checks):
    given().when(update(role_arn=ROLE, checks=checks)).then_refused(InvalidRequest, "auditCheckConfigurations")


def test_a_later_update_changes_only_what_it_names():
    given(*CONFIGURED).when(update(checks=disabled(AGE))).then(fact(AuditChecksDisabled, check_names=[AGE]))


def test_an_update_that_says_what_is_already_so_changes_nothing():
    given(*CONFIGURED).when(update(role_arn=ROLE, checks=enabled(AGE))).then_nothing()


def test_an_empty_update_of_a_configured_account_changes_nothing():
    given(*CONFIGURED).when(update()).then_nothing()


def test_a_check_that_a_scheduled_audit_uses_can_not_be_disabled():
    given(*CONFIGURED, DAILY_LOGGING).when(update(checks=disabled(LOGGING))).then_refused(InvalidRequest, "daily")


def test_a_check_that_no_scheduled_audit_uses_any_longer_can_be_disabled():
    (
        given(*CONFIGURED, DAILY_LOGGING, fact(ScheduledAuditDeleted, name="daily"))
        .when(update(checks=disabled(LOGGING)))
        .then(fact(AuditChecksDisabled, check_names=[LOGGING]))
    )


def test_a_threshold_is_kept_beside_the_others():
    (
        given(*CONFIGURED, fact(AuditCheckConfigured, check_name=AGE, configuration={"A": "40"}))
        .when(update(checks={AGE: CheckConfiguration(configuration={"B": "50"})}))
        .then(fact(AuditCheckConfigured, check_name=AGE, configuration={"A": "40", "B": "50"}))
    )


def test_an_update_without_configuration_keeps_the_threshold():
    (
        given(*CONFIGURED, fact(AuditCheckConfigured, check_name=AGE, configuration={"A": "40"}))
        .when(update(checks=enabled(AGE)))
        .then_nothing()
    )


def test_a_notification_target_is_set():
    target = NotificationTarget(TOPIC, ROLE, enabled=True)
    (
        given(*CONFIGURED)
        .when(update(targets={SNS: target}))
        .then(fact(AuditNotificationTargetChanged, target_type=SNS, target=target))
    )


def test_a_notification_target_keeps_the_members_that_an_update_does_not_give():
    before = NotificationTarget(TOPIC, ROLE, enabled=True)
    (
        given(*CONFIGURED, fact(AuditNotificationTargetChanged, target_type=SNS, target=before))
        .when(update(targets={SNS: NotificationTarget(enabled=False)}))
        .then(
            fact(
                AuditNotificationTargetChanged,
                target_type=SNS,
                target=NotificationTarget(TOPIC, ROLE, enabled=False),
            )
        )
    )


@pytest.mark.parametrize(
    "target",
    [
        NotificationTarget(enabled=True),
        NotificationTarget(target_arn=TOPIC, enabled=True),
        NotificationTarget(role_arn=ROLE, enabled=True),
    ],
)
def test_a_notification_target_is_not_enabled_without_both_its_arns(target):
    given(*CONFIGURED).when(update(targets={SNS: target})).then_refused(InvalidRequest, "targetArn and roleArn")


def test_a_refused_target_leaves_the_checks_of_the_same_update_alone():
    (
        given(*CONFIGURED)
        .when(update(checks=disabled(AGE), targets={SNS: NotificationTarget(enabled=True)}))
        .then_refused(InvalidRequest, "auditNotificationTargetConfigurations.SNS")
    )


def delete(*, delete_scheduled_audits: bool = False):
    return lambda account: account.delete_configuration(CAUSE, delete_scheduled_audits=delete_scheduled_audits)


def test_deleting_the_configuration_keeps_the_scheduled_audits():
    given(*CONFIGURED, DAILY_LOGGING).when(delete()).then(fact(AuditConfigurationDeleted))


def test_deleting_the_configuration_takes_the_scheduled_audits_when_asked_to():
    (
        given(*CONFIGURED, DAILY_LOGGING)
        .when(delete(delete_scheduled_audits=True))
        .then(fact(ScheduledAuditDeleted, name="daily"), fact(AuditConfigurationDeleted))
    )


@pytest.mark.parametrize("facts", [(), (*CONFIGURED, fact(AuditConfigurationDeleted))])
def test_a_configuration_that_does_not_exist_can_not_be_deleted(facts):
    given(*facts).when(delete()).then_refused(NotFound, "no audit configuration")


def test_after_a_deletion_the_next_update_is_a_first_one():
    (
        given(*CONFIGURED, fact(AuditConfigurationDeleted))
        .when(update(checks=enabled(AGE)))
        .then_refused(InvalidRequest, "roleArn")
    )
