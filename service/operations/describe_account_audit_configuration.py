"""GET /audit/configuration: DescribeAccountAuditConfiguration."""

from typing import ClassVar

from aiohttp import web

from events.vocabulary import NotificationTargetType, ThresholdName
from projections.account_configuration import AccountConfigurationView, CheckSetting
from service.call import Call
from service.wire.answer import json_response
from service.wire.answered import Answered
from service.wire.rendering import check_configuration, notification_target
from service.wire.request import Request

UNCONFIGURED = AccountConfigurationView(role_arn=None, checks={}, targets={})
"""What an account has that was never configured, or no longer is: no role, no check enabled."""


class ConfiguredTarget(Answered):
    """Where the end of an audit is announced."""

    target_arn: str | None = None
    role_arn: str | None = None
    enabled: bool | None = None


class ConfiguredCheck(Answered):
    """Whether a check is enabled, and its thresholds where they were set."""

    enabled: bool
    configuration: dict[ThresholdName, str] | None = None


class AccountAuditConfiguration(Answered):
    """The account's configuration: every supported check by name."""

    role_arn: str | None = None
    """The role that an audit takes on, where one was set."""
    audit_notification_target_configurations: dict[NotificationTargetType, ConfiguredTarget] | None = None
    audit_check_configurations: dict[str, ConfiguredCheck]


class DescribeAccountAuditConfigurationRequest(Request):
    """It has no members."""

    answer: ClassVar = AccountAuditConfiguration


async def describe_account_audit_configuration(
    call: Call[DescribeAccountAuditConfigurationRequest],
) -> web.Response:
    """Answer with the configuration: always every supported check, in alphabetical order."""
    configured = call.read_models.account_configuration.describe(call.account) or UNCONFIGURED
    never_set = CheckSetting(enabled=False, configuration={})
    return json_response(
        {
            "roleArn": configured.role_arn,
            "auditNotificationTargetConfigurations": {
                str(kind): notification_target(target) for kind, target in configured.targets.items()
            }
            or None,
            "auditCheckConfigurations": {
                name: check_configuration(configured.checks.get(name, never_set))
                for name in sorted(call.services.registry)
            },
        }
    )
