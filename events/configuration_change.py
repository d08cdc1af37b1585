"""What an `UpdateAccountAuditConfiguration` request asks for: it merges, check by check and target by target."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from events.vocabulary import CheckName, NotificationTargetType


@dataclass(frozen=True)
class NotificationTarget:
    """Where the end of an audit is announced. A member that is None was never given."""

    target_arn: str | None = None
    role_arn: str | None = None
    enabled: bool | None = None

    def overlaid_with(self, other: "NotificationTarget") -> "NotificationTarget":
        """Return this target with the members that `other` gives."""
        given = {name: value for name, value in vars(other).items() if value is not None}
        return replace(self, **given)


@dataclass(frozen=True)
class CheckConfiguration:
    """What an update asks of one check. A member that is None is left as it is."""

    enabled: bool | None = None
    configuration: Mapping[str, str] | None = None


@dataclass(frozen=True)
class ConfigurationChange:
    """An `UpdateAccountAuditConfiguration` request: it merges, key by key."""

    role_arn: str | None = None
    checks: Mapping[CheckName, CheckConfiguration] = field(default_factory=dict)
    targets: Mapping[NotificationTargetType, NotificationTarget] = field(default_factory=dict)

    def checks_switched(self, *, on: bool) -> list[CheckName]:
        """The checks that the change switches on, or off."""
        return [name for name, check in self.checks.items() if check.enabled is on]
