"""An account: its audit configuration, its scheduled audits, and its on-demand audits in progress.

One stream, because the rules span the three: a check that a scheduled audit uses can't be disabled, a scheduled
audit names enabled checks only, and the limits of 5 and 10 hold strictly, also under concurrent requests.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from events.audit_account_events import (
    AuditCheckConfigured,
    AuditChecksDisabled,
    AuditChecksEnabled,
    AuditConfigurationDeleted,
    AuditNotificationTargetChanged,
    AuditRoleChanged,
    AuditWebhookSwitched,
    OnDemandAuditAdmitted,
    OnDemandAuditReleased,
    ScheduledAuditChanged,
    ScheduledAuditCreated,
    ScheduledAuditDeleted,
    ScheduledAuditStarted,
    ScheduledAuditTagged,
    ScheduledAuditUntagged,
)
from events.configuration_change import CheckConfiguration, ConfigurationChange, NotificationTarget
from events.errors import AlreadyExists, InvalidRequest, LimitExceeded, NotFound
from events.event import Aggregate, Cause
from events.identifiers import scheduled_audit_arn, scheduled_task_id
from events.scheduled_audit import Schedule, ScheduledAudit, require_few_enough
from events.timetable import timetable
from events.vocabulary import CheckName, NotificationTargetType, TaskId

MAX_SCHEDULED_AUDITS = 5
"""Per account. Source: AWS IoT Device Defender endpoints and quotas."""

MAX_ON_DEMAND_AUDITS = 10
"""In progress at once, per account. Source: AWS IoT Device Defender endpoints and quotas."""


class AuditAccount(Aggregate):
    """Decides what may be configured, scheduled and started on demand."""

    role_arn: str | None
    enabled_checks: set[CheckName]
    configurations: dict[CheckName, dict[str, str]]
    targets: dict[NotificationTargetType, NotificationTarget]
    has_webhook: bool
    scheduled_audits: dict[str, ScheduledAudit]
    scheduled_audits_ever: int
    on_demand_audits: set[TaskId]

    def begin(self) -> None:
        """Start with no configuration at all, which is what every account has until it is configured."""
        self.role_arn = None
        self.enabled_checks = set()
        self.configurations = {}
        self.targets = {}
        self.has_webhook = False
        self.scheduled_audits = {}
        self.scheduled_audits_ever = 0
        self.on_demand_audits = set()

    # Configuration

    def update_configuration(self, change: ConfigurationChange, cause: Cause) -> None:
        """Merge `change` into the configuration; what it does not name stays as it is."""
        enabling = [name for name in change.checks_switched(on=True) if name not in self.enabled_checks]
        disabling = [name for name in change.checks_switched(on=False) if name in self.enabled_checks]
        self._require_first_update_complete(change)
        self._require_unscheduled(disabling)
        targets = self._merged_targets(change)
        if change.role_arn is not None and change.role_arn != self.role_arn:
            self.trigger(AuditRoleChanged, cause, role_arn=change.role_arn)
        if enabling:
            self.trigger(AuditChecksEnabled, cause, check_names=enabling)
        if disabling:
            self.trigger(AuditChecksDisabled, cause, check_names=disabling)
        for name, check in change.checks.items():
            self._configure_check(name, check, cause)
        for target_type, target in targets.items():
            if target != self.targets.get(target_type):
                self.trigger(AuditNotificationTargetChanged, cause, target_type=target_type, target=target)

    def _configure_check(self, name: CheckName, check: CheckConfiguration, cause: Cause) -> None:
        before = self.configurations.get(name, {})
        after = before | dict(check.configuration or {})
        if after != before:
            self.trigger(AuditCheckConfigured, cause, check_name=name, configuration=after)

    def _require_first_update_complete(self, change: ConfigurationChange) -> None:
        if self.role_arn is not None:
            return
        if change.role_arn is None:
            raise InvalidRequest("roleArn is required on the first call to UpdateAccountAuditConfiguration.")
        if not change.checks_switched(on=True):
            raise InvalidRequest(
                "auditCheckConfigurations must enable at least one check on the first call "
                "to UpdateAccountAuditConfiguration."
            )

    def _require_unscheduled(self, check_names: Sequence[CheckName]) -> None:
        for name in check_names:
            users = sorted(a.name for a in self.scheduled_audits.values() if name in a.check_names)
            if users:
                raise InvalidRequest(
                    f"auditCheckConfigurations can't disable {name}: scheduled audits use it "
                    f"({', '.join(users)}). Remove it from them or delete them first."
                )

    def _merged_targets(self, change: ConfigurationChange) -> dict[NotificationTargetType, NotificationTarget]:
        merged = {}
        for target_type, given in change.targets.items():
            target = self.targets.get(target_type, NotificationTarget()).overlaid_with(given)
            if target.enabled and not (target.target_arn and target.role_arn):
                raise InvalidRequest(
                    f"auditNotificationTargetConfigurations.{target_type} needs targetArn and roleArn "
                    "to be enabled."
                )
            merged[target_type] = target
        return merged

    def set_webhook(self, is_set: bool, cause: Cause) -> None:
        """Note whether the service has a webhook. It is the service's setting, and outlasts the configuration."""
        if is_set != self.has_webhook:
            self.trigger(AuditWebhookSwitched, cause, is_set=is_set)

    def delete_configuration(self, cause: Cause, *, delete_scheduled_audits: bool) -> None:
        """Forget the configuration, and the scheduled audits too when asked to."""
        if self.role_arn is None:
            raise NotFound("The account has no audit configuration.")
        if delete_scheduled_audits:
            for name in list(self.scheduled_audits):
                self.trigger(ScheduledAuditDeleted, cause, name=name)
        self.trigger(AuditConfigurationDeleted, cause)

    # Scheduled audits

    def create_scheduled_audit(self, asked: ScheduledAudit, region: str, cause: Cause) -> None:
        """Add a scheduled audit. The identical request again changes nothing."""
        existing = self.scheduled_audits.get(asked.name)
        if existing is not None:
            if existing.is_same_request(asked):
                return
            raise AlreadyExists(
                f"A scheduled audit named {asked.name} exists already, with other parameters.",
                resource_id=asked.name,
                resource_arn=scheduled_audit_arn(region, cause.account, asked.name),
            )
        self.require_enabled(asked.check_names)
        require_few_enough(asked.tags)
        if len(self.scheduled_audits) >= MAX_SCHEDULED_AUDITS:
            raise LimitExceeded(f"An account can have at most {MAX_SCHEDULED_AUDITS} scheduled audits.")
        self.trigger(
            ScheduledAuditCreated,
            cause,
            name=asked.name,
            schedule=asked.schedule,
            check_names=list(asked.check_names),
            tags=dict(asked.tags),
            generation=self.scheduled_audits_ever + 1,
        )

    def update_scheduled_audit(
        self, name: str, schedule: Mapping[str, Any], check_names: Sequence[CheckName] | None, cause: Cause
    ) -> None:
        """Change the given members of a scheduled audit: `frequency`, `day_of_month`, `day_of_week`, checks."""
        audit = self.require_scheduled_audit(name)
        changed = Schedule.of(**({**vars(audit.schedule), **schedule}))
        checks = audit.check_names if check_names is None else tuple(check_names)
        if check_names is not None:
            self.require_enabled(checks)
        if (changed, checks) != (audit.schedule, audit.check_names):
            self.trigger(ScheduledAuditChanged, cause, name=name, schedule=changed, check_names=list(checks))

    def delete_scheduled_audit(self, name: str, cause: Cause) -> None:
        """Delete a scheduled audit. An audit of it that is running finishes."""
        self.require_scheduled_audit(name)
        self.trigger(ScheduledAuditDeleted, cause, name=name)

    def start_scheduled_audit(
        self, name: str, generation: int, cause: Cause
    ) -> tuple[ScheduledAudit, TaskId] | None:
        """Note that a scheduled audit begins, if it is due; return it as it was, and the id of its audit.

        None if it is not due, or no more: it has begun already, was deleted or has another schedule. What was
        due several times since it last began is due once.
        """
        audit = self.scheduled_audits.get(name)
        if audit is None or audit.generation != generation:
            return None
        due = timetable(cause.account, audit.name, generation, audit.schedule, audit.since).last_up_to(cause.time)
        if due is None or (audit.last_due is not None and due <= audit.last_due):
            return None
        task_id = scheduled_task_id(cause.account, name, generation, due)
        self.trigger(ScheduledAuditStarted, cause, name=name, generation=generation, due_at=due, task_id=task_id)
        return audit, task_id

    def tag_scheduled_audit(self, name: str, tags: Mapping[str, str], cause: Cause) -> None:
        """Add tags, or give those that exist another value."""
        before = self.require_scheduled_audit(name).tags
        after = {**before, **tags}
        require_few_enough(after)
        if after != before:
            self.trigger(ScheduledAuditTagged, cause, name=name, tags=dict(tags))

    def untag_scheduled_audit(self, name: str, tag_keys: Sequence[str], cause: Cause) -> None:
        """Remove tags; a key that is not there is no error, as with AWS."""
        before = self.require_scheduled_audit(name).tags
        keys = [key for key in dict.fromkeys(tag_keys) if key in before]
        if keys:
            self.trigger(ScheduledAuditUntagged, cause, name=name, tag_keys=keys)

    def require_scheduled_audit(self, name: str) -> ScheduledAudit:
        """Return the scheduled audit, or refuse."""
        audit = self.scheduled_audits.get(name)
        if audit is None:
            raise NotFound(f"There is no scheduled audit named {name}.")
        return audit

    # On-demand audits

    def admit_on_demand_audit(self, task_id: TaskId, check_names: Sequence[CheckName], cause: Cause) -> None:
        """Let an on-demand audit begin, unless too many are in progress."""
        self.require_enabled(check_names)
        if len(self.on_demand_audits) >= MAX_ON_DEMAND_AUDITS:
            raise LimitExceeded(
                f"An account can have at most {MAX_ON_DEMAND_AUDITS} on-demand audits in progress."
            )
        self.trigger(OnDemandAuditAdmitted, cause, task_id=task_id)

    def release_on_demand_audit(self, task_id: TaskId, cause: Cause) -> None:
        """Give back the place of an on-demand audit that has ended. Harmless for any other task."""
        if task_id in self.on_demand_audits:
            self.trigger(OnDemandAuditReleased, cause, task_id=task_id)

    def require_enabled(self, check_names: Sequence[CheckName]) -> None:
        """Refuse a check that is not enabled for the account."""
        disabled = [name for name in check_names if name not in self.enabled_checks]
        if disabled:
            raise InvalidRequest(
                f"targetCheckNames names checks that are not enabled: {', '.join(disabled)}. "
                "Enable them with UpdateAccountAuditConfiguration."
            )
