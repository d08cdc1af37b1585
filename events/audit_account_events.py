"""What can happen to an account: facts about its configuration, its scheduled audits, its on-demand audits."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from events.configuration_change import NotificationTarget
from events.event import Event
from events.scheduled_audit import Schedule, ScheduledAudit
from events.vocabulary import CheckName, NotificationTargetType, TaskId

if TYPE_CHECKING:
    from events.audit_account import AuditAccount


class AuditRoleChanged(Event):
    """The role by which the fleet is examined was given, or changed."""

    TOPIC = "AuditAccount.RoleChanged.v1"
    role_arn: str

    def apply(self, account: "AuditAccount") -> None:
        account.role_arn = self.role_arn


class AuditChecksEnabled(Event):
    """Checks were made available to audits."""

    TOPIC = "AuditAccount.ChecksEnabled.v1"
    check_names: list[CheckName]

    def apply(self, account: "AuditAccount") -> None:
        account.enabled_checks.update(self.check_names)


class AuditChecksDisabled(Event):
    """Checks were taken away from audits."""

    TOPIC = "AuditAccount.ChecksDisabled.v1"
    check_names: list[CheckName]

    def apply(self, account: "AuditAccount") -> None:
        account.enabled_checks.difference_update(self.check_names)


class AuditCheckConfigured(Event):
    """The thresholds of a check were set; `configuration` is all of what has been set for it."""

    TOPIC = "AuditAccount.CheckConfigured.v1"
    check_name: CheckName
    configuration: dict[str, str]

    def apply(self, account: "AuditAccount") -> None:
        account.configurations[self.check_name] = dict(self.configuration)


class AuditNotificationTargetChanged(Event):
    """A notification target was set; `target` is all of it."""

    TOPIC = "AuditAccount.NotificationTargetChanged.v1"
    target_type: NotificationTargetType
    target: NotificationTarget

    def apply(self, account: "AuditAccount") -> None:
        account.targets[self.target_type] = self.target


class AuditWebhookSwitched(Event):
    """Audits that end from now on are announced to the webhook of the service's settings, or no more."""

    TOPIC = "AuditAccount.WebhookSwitched.v1"
    is_set: bool

    def apply(self, account: "AuditAccount") -> None:
        account.has_webhook = self.is_set


class AuditConfigurationDeleted(Event):
    """The account's audit configuration went back to its defaults: nothing enabled."""

    TOPIC = "AuditAccount.ConfigurationDeleted.v1"

    def apply(self, account: "AuditAccount") -> None:
        account.role_arn = None
        account.enabled_checks = set()
        account.configurations = {}
        account.targets = {}


class ScheduledAuditCreated(Event):
    """A scheduled audit was added."""

    TOPIC = "AuditAccount.ScheduledAuditCreated.v1"
    name: str
    schedule: Schedule
    check_names: list[CheckName]
    tags: dict[str, str]
    generation: int

    def apply(self, account: "AuditAccount") -> None:
        account.scheduled_audits_ever = self.generation
        account.scheduled_audits[self.name] = ScheduledAudit(
            self.name, self.schedule, tuple(self.check_names), dict(self.tags), self.generation, self.timestamp
        )


class ScheduledAuditChanged(Event):
    """A scheduled audit was given another schedule or other checks; all of both is here."""

    TOPIC = "AuditAccount.ScheduledAuditChanged.v1"
    name: str
    schedule: Schedule
    check_names: list[CheckName]

    def apply(self, account: "AuditAccount") -> None:
        audit = account.scheduled_audits[self.name]
        account.scheduled_audits[self.name] = replace(
            audit,
            schedule=self.schedule,
            check_names=tuple(self.check_names),
            since=audit.since if self.schedule == audit.schedule else self.timestamp,
        )


class ScheduledAuditDeleted(Event):
    """A scheduled audit was deleted."""

    TOPIC = "AuditAccount.ScheduledAuditDeleted.v1"
    name: str

    def apply(self, account: "AuditAccount") -> None:
        account.scheduled_audits.pop(self.name, None)


class ScheduledAuditStarted(Event):
    """An audit that was scheduled began. `due_at` is what it was due at, which may be a while ago."""

    TOPIC = "AuditAccount.ScheduledAuditStarted.v1"
    name: str
    generation: int
    due_at: datetime
    task_id: TaskId

    def apply(self, account: "AuditAccount") -> None:
        account.scheduled_audits[self.name] = replace(
            account.scheduled_audits[self.name], last_due=self.due_at, last_started=self.timestamp
        )


class ScheduledAuditTagged(Event):
    """A scheduled audit was given tags."""

    TOPIC = "AuditAccount.ScheduledAuditTagged.v1"
    name: str
    tags: dict[str, str]

    def apply(self, account: "AuditAccount") -> None:
        audit = account.scheduled_audits[self.name]
        account.scheduled_audits[self.name] = replace(audit, tags={**audit.tags, **self.tags})


class ScheduledAuditUntagged(Event):
    """Tags were taken off a scheduled audit."""

    TOPIC = "AuditAccount.ScheduledAuditUntagged.v1"
    name: str
    tag_keys: list[str]

    def apply(self, account: "AuditAccount") -> None:
        audit = account.scheduled_audits[self.name]
        kept = {key: value for key, value in audit.tags.items() if key not in self.tag_keys}
        account.scheduled_audits[self.name] = replace(audit, tags=kept)


class OnDemandAuditAdmitted(Event):
    """An on-demand audit took one of the account's places."""

    TOPIC = "AuditAccount.OnDemandAuditAdmitted.v1"
    task_id: TaskId

    def apply(self, account: "AuditAccount") -> None:
        account.on_demand_audits.add(self.task_id)


class OnDemandAuditReleased(Event):
    """An on-demand audit has ended and gave its place back."""

    TOPIC = "AuditAccount.OnDemandAuditReleased.v1"
    task_id: TaskId

    def apply(self, account: "AuditAccount") -> None:
        account.on_demand_audits.discard(self.task_id)
