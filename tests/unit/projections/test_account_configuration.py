from dataclasses import replace

from events.configuration_change import NotificationTarget
from events.vocabulary import NotificationTargetType
from projections.account_configuration import AccountConfigurationView, CheckSetting
from tests.support.events import EXPIRING, LOGGING, ROLE_ARN, TARGET
from tests.support.given import ACCOUNT


def described(projecting, history):
    return projecting.take_again_and_again(history.events).account_configuration.describe(ACCOUNT)


def test_an_account_that_was_never_configured_has_none(projecting, history):
    history.task_started()

    assert described(projecting, history) is None


def test_everything_that_was_configured_is_described(projecting, history):
    history.role_changed()
    history.checks_enabled(EXPIRING, LOGGING)
    history.check_configured(EXPIRING, {"CERT_EXPIRATION_THRESHOLD_IN_DAYS": "60"})
    history.notification_target_changed()

    assert described(projecting, history) == AccountConfigurationView(
        ROLE_ARN,
        {EXPIRING: CheckSetting(True, {"CERT_EXPIRATION_THRESHOLD_IN_DAYS": "60"}), LOGGING: CheckSetting(True)},
        {NotificationTargetType.SNS: TARGET},
    )


def test_another_role_takes_the_place_of_the_first(projecting, history):
    history.role_changed()
    history.role_changed("arn:aws:iam::000000000000:role/other")

    assert described(projecting, history).role_arn == "arn:aws:iam::000000000000:role/other"


def test_a_disabled_check_keeps_its_thresholds(projecting, history):
    history.checks_enabled(EXPIRING)
    history.check_configured(EXPIRING, {"CERT_EXPIRATION_THRESHOLD_IN_DAYS": "60"})
    history.checks_disabled(EXPIRING)

    setting = described(projecting, history).checks[EXPIRING]

    assert setting == CheckSetting(False, {"CERT_EXPIRATION_THRESHOLD_IN_DAYS": "60"})


def test_a_check_can_be_configured_before_it_is_enabled(projecting, history):
    history.check_configured(EXPIRING, {"CERT_EXPIRATION_THRESHOLD_IN_DAYS": "60"})

    setting = described(projecting, history).checks[EXPIRING]

    assert setting == CheckSetting(False, {"CERT_EXPIRATION_THRESHOLD_IN_DAYS": "60"})


def test_the_event_has_all_thresholds_of_its_check(projecting, history):
    history.check_configured(EXPIRING, {"A": "1", "B": "2"})
    history.check_configured(EXPIRING, {"B": "3"})

    assert described(projecting, history).checks[EXPIRING].configuration == {"B": "3"}


def test_the_event_has_all_of_its_notification_target(projecting, history):
    history.notification_target_changed()
    history.notification_target_changed(replace(TARGET, enabled=False, role_arn=None))

    [target] = described(projecting, history).targets.values()

    assert target == NotificationTarget(TARGET.target_arn, None, enabled=False)


def test_a_deleted_configuration_is_gone(projecting, history):
    history.role_changed()
    history.checks_enabled()
    history.configuration_deleted()

    assert described(projecting, history) is None


def test_nothing_of_a_deleted_configuration_comes_back_with_the_next(projecting, history):
    history.role_changed()
    history.check_configured()
    history.notification_target_changed()
    history.configuration_deleted()
    history.checks_enabled(LOGGING)

    assert described(projecting, history) == AccountConfigurationView(None, {LOGGING: CheckSetting(True)}, {})
