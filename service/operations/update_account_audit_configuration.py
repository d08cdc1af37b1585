"""PATCH /audit/configuration: UpdateAccountAuditConfiguration."""

from typing import Annotated, ClassVar

from aiohttp import web
from pydantic import Field

from events.configuration_change import CheckConfiguration, ConfigurationChange, NotificationTarget
from events.vocabulary import CheckName, NotificationTargetType, ThresholdName
from service.call import Call
from service.wire.answer import json_response
from service.wire.answered import NoMembers
from service.wire.members import RoleArn, TargetArn
from service.wire.request import Enumerated, Map, Request, Structure


class AuditNotificationTarget(Structure):
    """Where the end of an audit is announced."""

    target_arn: TargetArn | None = None
    role_arn: RoleArn | None = None
    enabled: bool | None = None


class AuditCheckConfiguration(Structure):
    """Whether a check is enabled, and its thresholds."""

    enabled: bool | None = None
    configuration: Map[Enumerated[ThresholdName], Annotated[str, Field(min_length=1, max_length=64)]] | None = None

    def thresholds(self) -> dict[str, str] | None:
        """The thresholds by name; the names as plain text, which is what events hold."""
        given = self.configuration
        return None if given is None else {name.value: value for name, value in given.items()}


class UpdateAccountAuditConfigurationRequest(Request):
    """What to change; what is not named stays as it is."""

    answer: ClassVar = NoMembers

    role_arn: RoleArn | None = None
    audit_notification_target_configurations: (
        Map[Enumerated[NotificationTargetType], AuditNotificationTarget] | None
    ) = None
    audit_check_configurations: Map[CheckName, AuditCheckConfiguration] | None = None

    def change(self) -> ConfigurationChange:
        """The same in the words of the domain."""
        return ConfigurationChange(
            role_arn=self.role_arn,
            checks={
                name: CheckConfiguration(check.enabled, check.thresholds())
                for name, check in (self.audit_check_configurations or {}).items()
            },
            targets={
                kind: NotificationTarget(target.target_arn, target.role_arn, target.enabled)
                for kind, target in (self.audit_notification_target_configurations or {}).items()
            },
        )


async def update_account_audit_configuration(
    call: Call[UpdateAccountAuditConfigurationRequest],
) -> web.Response:
    """Merge into the configuration, check by check and target by target."""
    await call.outcome(call.application.update_account_audit_configuration(call.request.change(), call.cause()))
    return json_response({})
