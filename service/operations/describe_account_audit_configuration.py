"""GET /audit/configuration: DescribeAccountAuditConfiguration."""

from aiohttp import web

from projections.account_configuration import AccountConfigurationView, CheckSetting
from service.call import Call
from service.wire.answer import json_response
from service.wire.rendering import check_configuration, notification_target
from service.wire.request import Request

UNCONFIGURED = AccountConfigurationView(role_arn=None, checks={}, targets={})
"""What an account has that was never configured, or no longer is: no role, no check enabled."""


class DescribeAccountAuditConfigurationRequest(Request):
    """It has no members."""


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
