"""An account's audit configuration, as its events have left it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from events.audit_account_events import (
    AuditCheckConfigured,
    AuditChecksDisabled,
    AuditChecksEnabled,
    AuditConfigurationDeleted,
    AuditNotificationTargetChanged,
    AuditRoleChanged,
)
from events.configuration_change import NotificationTarget
from events.event import Event
from events.store.database import Database, Row, Transaction
from events.vocabulary import AccountId, CheckName, NotificationTargetType
from projections.json_column import JsonColumn
from projections.projection import Handler, Projection

__all__ = ["AccountConfiguration", "AccountConfigurationView", "CheckSetting", "NotificationTarget"]


@dataclass(frozen=True, slots=True)
class CheckSetting:
    """What an account has set of one check."""

    enabled: bool = False
    configuration: Mapping[str, str] = field(default_factory=dict)
    """The thresholds that were ever set, by name."""


@dataclass(frozen=True, slots=True)
class AccountConfigurationView:
    """An account's audit configuration."""

    role_arn: str | None = None
    checks: Mapping[CheckName, CheckSetting] = field(default_factory=dict)
    """Only the checks that were ever switched or configured."""
    targets: Mapping[NotificationTargetType, NotificationTarget] = field(default_factory=dict)


class AccountConfiguration(Projection):
    """Answers DescribeAccountAuditConfiguration.

    One row an account, so that an answer is never half of one update and half of another.
    """

    name = "account_configuration"
    version = 1
    tables: ClassVar = {
        "account_configuration": (
            """
            CREATE TABLE account_configuration (
                account TEXT NOT NULL PRIMARY KEY,
                role_arn TEXT,
                checks TEXT NOT NULL,
                targets TEXT NOT NULL
            )
            """,
        )
    }

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._checks = JsonColumn(dict[CheckName, CheckSetting])
        self._targets = JsonColumn(dict[NotificationTargetType, NotificationTarget])

    def describe(self, account: AccountId) -> AccountConfigurationView | None:
        """Return the account's configuration, None if it was never configured or was deleted since."""
        found = self.query(SELECT, (account,))
        return self._view(found[0]) if found else None

    def role_changed(self, rows: Transaction, event: AuditRoleChanged) -> None:
        """Note the new role."""
        self._change(rows, event, role_arn=event.role_arn)

    def checks_enabled(self, rows: Transaction, event: AuditChecksEnabled) -> None:
        """Switch checks on."""
        self._set_checks(rows, event, {name: {"enabled": True} for name in event.check_names})

    def checks_disabled(self, rows: Transaction, event: AuditChecksDisabled) -> None:
        """Switch checks off. Their thresholds stay."""
        self._set_checks(rows, event, {name: {"enabled": False} for name in event.check_names})

    def check_configured(self, rows: Transaction, event: AuditCheckConfigured) -> None:
        """Note the thresholds of a check, all of which the event has."""
        self._set_checks(rows, event, {event.check_name: {"configuration": event.configuration}})

    def notification_target_changed(self, rows: Transaction, event: AuditNotificationTargetChanged) -> None:
        """Note a notification target, all of which the event has."""
        targets = self._before(rows, event.account).targets
        self._change(rows, event, targets={**targets, event.target_type: event.target})

    def deleted(self, rows: Transaction, event: AuditConfigurationDeleted) -> None:
        """Forget the configuration."""
        rows.execute("DELETE FROM account_configuration WHERE account = ?", (event.account,))

    def _set_checks(self, rows: Transaction, event: Event, given: Mapping[CheckName, Mapping[str, Any]]) -> None:
        checks = dict(self._before(rows, event.account).checks)
        for name, members in given.items():
            checks[name] = replace(checks.get(name, CheckSetting()), **members)
        self._change(rows, event, checks=checks)

    def _change(self, rows: Transaction, event: Event, **members: Any) -> None:
        after = replace(self._before(rows, event.account), **members)
        checks, targets = self._checks.write(dict(after.checks)), self._targets.write(dict(after.targets))
        rows.execute(UPSERT, (event.account, after.role_arn, checks, targets))

    def _before(self, rows: Transaction, account: AccountId) -> AccountConfigurationView:
        found = rows.execute(SELECT, (account,))
        return self._view(found[0]) if found else AccountConfigurationView()

    def _view(self, row: Row) -> AccountConfigurationView:
        role_arn, checks, targets = row
        return AccountConfigurationView(role_arn, self._checks.read(checks), self._targets.read(targets))

    handles: ClassVar[Mapping[type[Event], Handler]] = {
        AuditRoleChanged: role_changed,
        AuditChecksEnabled: checks_enabled,
        AuditChecksDisabled: checks_disabled,
        AuditCheckConfigured: check_configured,
        AuditNotificationTargetChanged: notification_target_changed,
        AuditConfigurationDeleted: deleted,
    }


SELECT = "SELECT role_arn, checks, targets FROM account_configuration WHERE account = ?"

UPSERT = """
    INSERT INTO account_configuration (account, role_arn, checks, targets) VALUES (?, ?, ?, ?)
    ON CONFLICT (account) DO UPDATE
    SET role_arn = excluded.role_arn, checks = excluded.checks, targets = excluded.targets
"""
