import pytest

from tests.support.api_story import DEVICE_EXPIRING, LOGGING, ROLE, configure, enabled_checks
from workers.checks import REGISTRY

TOPIC = "arn:aws:sns:us-east-1:000000000000:audits"


async def test_a_new_account_has_every_check_disabled_and_no_role(api):
    answer = await api.call("DescribeAccountAuditConfiguration")
    assert answer.status == 200
    assert answer.body == {"auditCheckConfigurations": {name: {"enabled": False} for name in REGISTRY}}


async def test_the_checks_are_listed_in_alphabetical_order(api):
    await configure(api, LOGGING)
    answer = await api.call("DescribeAccountAuditConfiguration")
    assert list(answer.body["auditCheckConfigurations"]) == sorted(REGISTRY)


async def test_describe_right_after_update_answers_with_what_was_set(api):
    updated = await api.call(
        "UpdateAccountAuditConfiguration",
        roleArn=ROLE,
        auditCheckConfigurations={LOGGING: {"enabled": True}},
        auditNotificationTargetConfigurations={"SNS": {"targetArn": TOPIC, "roleArn": ROLE, "enabled": True}},
    )
    assert (updated.status, updated.body) == (200, {})
    described = (await api.call("DescribeAccountAuditConfiguration")).body
    assert described["roleArn"] == ROLE
    assert described["auditNotificationTargetConfigurations"] == {
        "SNS": {"targetArn": TOPIC, "roleArn": ROLE, "enabled": True}
    }
    assert enabled_checks(described) == {LOGGING}


async def test_an_update_leaves_alone_what_it_does_not_name(api):
    await configure(api, LOGGING)
    await api.call(
        "UpdateAccountAuditConfiguration", auditCheckConfigurations={DEVICE_EXPIRING: {"enabled": True}}
    )
    described = (await api.call("DescribeAccountAuditConfiguration")).body
    assert enabled_checks(described) == {LOGGING, DEVICE_EXPIRING}
    assert described["roleArn"] == ROLE


async def test_a_notification_target_is_merged_member_by_member(api):
    await configure(api, LOGGING)
    for target in ({"targetArn": TOPIC, "roleArn": ROLE, "enabled": True}, {"enabled": False}):
        await api.call("UpdateAccountAuditConfiguration", auditNotificationTargetConfigurations={"SNS": target})
    described = (await api.call("DescribeAccountAuditConfiguration")).body
    assert described["auditNotificationTargetConfigurations"]["SNS"] == {
        "targetArn": TOPIC,
        "roleArn": ROLE,
        "enabled": False,
    }


async def test_a_threshold_that_was_set_is_shown_and_stays(api):
    days = {"CERT_EXPIRATION_THRESHOLD_IN_DAYS": "60"}
    await configure(api, LOGGING)
    for check in ({"enabled": True, "configuration": days}, {"enabled": False}):
        await api.call("UpdateAccountAuditConfiguration", auditCheckConfigurations={DEVICE_EXPIRING: check})
    described = (await api.call("DescribeAccountAuditConfiguration")).body
    assert described["auditCheckConfigurations"][DEVICE_EXPIRING] == {"enabled": False, "configuration": days}
    assert described["auditCheckConfigurations"][LOGGING] == {"enabled": True}


@pytest.mark.parametrize(
    ("update", "mentioning"),
    [
        ({"auditCheckConfigurations": {LOGGING: {"enabled": True}}}, "roleArn"),
        ({"roleArn": ROLE}, "auditCheckConfigurations"),
        ({"roleArn": ROLE, "auditCheckConfigurations": {LOGGING: {"enabled": False}}}, "auditCheckConfigurations"),
        (
            {"roleArn": ROLE, "auditCheckConfigurations": {"NO_CHECK": {"enabled": True}}},
            "invalid Audit Check Name",
        ),
        ({"roleArn": "r" * 2049, "auditCheckConfigurations": {LOGGING: {"enabled": True}}}, "roleArn"),
        (
            {
                "roleArn": ROLE,
                "auditCheckConfigurations": {
                    DEVICE_EXPIRING: {
                        "enabled": True,
                        "configuration": {"CERT_EXPIRATION_THRESHOLD_IN_DAYS": "29"},
                    }
                },
            },
            "from 30 to 3652",
        ),
        (
            {
                "roleArn": ROLE,
                "auditCheckConfigurations": {LOGGING: {"enabled": True}},
                "auditNotificationTargetConfigurations": {"SNS": {"enabled": True}},
            },
            "targetArn",
        ),
    ],
)
async def test_an_update_that_breaks_a_rule_is_refused_and_changes_nothing(api, update, mentioning):
    refused = await api.call("UpdateAccountAuditConfiguration", **update)
    assert (refused.status, refused.error) == (400, "InvalidRequestException")
    assert mentioning in refused.message
    described = await api.call("DescribeAccountAuditConfiguration")
    assert enabled_checks(described.body) == set()


async def test_a_check_that_a_scheduled_audit_uses_can_not_be_disabled(api):
    await configure(api, LOGGING, DEVICE_EXPIRING)
    await api.call(
        "CreateScheduledAudit", scheduledAuditName="nightly", frequency="DAILY", targetCheckNames=[LOGGING]
    )
    refused = await api.call(
        "UpdateAccountAuditConfiguration", auditCheckConfigurations={LOGGING: {"enabled": False}}
    )
    assert (refused.status, refused.error) == (400, "InvalidRequestException")
    assert "nightly" in refused.message


async def test_delete_restores_the_defaults_and_leaves_scheduled_audits(api):
    await configure(api, LOGGING)
    await api.call("CreateScheduledAudit", scheduledAuditName="n", frequency="DAILY", targetCheckNames=[LOGGING])
    deleted = await api.call("DeleteAccountAuditConfiguration")
    assert (deleted.status, deleted.body) == (200, {})
    described = (await api.call("DescribeAccountAuditConfiguration")).body
    assert described == {"auditCheckConfigurations": {name: {"enabled": False} for name in REGISTRY}}
    assert len((await api.call("ListScheduledAudits")).body["scheduledAudits"]) == 1


@pytest.mark.parametrize(("asked", "left"), [(True, 0), (False, 1)])
async def test_delete_takes_the_scheduled_audits_too_when_it_is_told_to(api, asked, left):
    await configure(api, LOGGING)
    await api.call("CreateScheduledAudit", scheduledAuditName="n", frequency="DAILY", targetCheckNames=[LOGGING])
    await api.call("DeleteAccountAuditConfiguration", deleteScheduledAudits=asked)
    assert len((await api.call("ListScheduledAudits")).body["scheduledAudits"]) == left


async def test_delete_of_what_was_never_configured_is_not_found(api):
    refused = await api.call("DeleteAccountAuditConfiguration")
    assert (refused.status, refused.error) == (404, "ResourceNotFoundException")


async def test_delete_refuses_a_boolean_that_is_none(api):
    refused = await api.send(
        "DeleteAccountAuditConfiguration", "DELETE", "/audit/configuration?deleteScheduledAudits=True"
    )
    assert (refused.status, refused.error) == (400, "InvalidRequestException")
    assert "'deleteScheduledAudits'" in refused.message
