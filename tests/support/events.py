"""Events as the aggregates would have made them: every fact has a default, stream versions are counted."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from events import audit_account_events as accounts
from events import audit_task as tasks
from events import check_run as runs
from events import check_shard as shards
from events.audit_task import CheckOutcome, TargetCheck
from events.check_run import CheckPlan
from events.check_shard import ShardId, ShardTally
from events.configuration_change import NotificationTarget
from events.event import Event
from events.identifiers import audit_account_id, audit_task_id, check_run_id, check_shard_id
from events.log import Recorded
from events.resource import NonCompliance, Resource
from events.scheduled_audit import Schedule
from events.vocabulary import (
    AccountId,
    AuditFrequency,
    AuditTaskType,
    CheckName,
    CheckRunStatus,
    DayOfWeek,
    NotificationTargetType,
    ResourceType,
    Severity,
    TaskId,
)
from tests.support.given import ACCOUNT, NOON

E = TypeVar("E", bound=Event)

EXPIRING = CheckName("DEVICE_CERTIFICATE_EXPIRING_CHECK")
LOGGING = CheckName("LOGGING_DISABLED_CHECK")
ROLE_ARN = "arn:aws:iam::000000000000:role/audit"
TARGET = NotificationTarget("arn:aws:sns:us-east-1:000000000000:audits", ROLE_ARN, enabled=True)
WEEKLY = Schedule(AuditFrequency.WEEKLY, day_of_week=DayOfWeek.MON)
NON_COMPLIANT = CheckOutcome(CheckRunStatus.COMPLETED_NON_COMPLIANT, 100, 7)


def task_id(number: int = 1) -> TaskId:
    """A task id that differs for each number."""
    return TaskId(f"{number:032x}")


def device_certificate(number: int = 1) -> Resource:
    """A device certificate that differs for each number."""
    return Resource(ResourceType.DEVICE_CERTIFICATE, {"deviceCertificateId": f"{number:064x}"})


def policy_version(name: str = "policy", version: int = 1) -> Resource:
    """A version of an IoT policy."""
    identifier = {"policyVersionIdentifier": {"policyName": name, "policyVersionId": str(version)}}
    return Resource(ResourceType.IOT_POLICY, identifier)


def non_compliance(
    resource: Resource | None = None, reason_code: str = "CERTIFICATE_PAST_EXPIRATION"
) -> NonCompliance:
    """A non-compliance of a resource, of a device certificate unless another is given."""
    info = {"EXPIRATION_TIME": "1767225600000"}
    return NonCompliance(
        resource or device_certificate(), reason_code, "Certificate is past its expiration.", info
    )


def recorded(events: Iterable[Event], after: int = 0) -> list[Recorded]:
    """The events at the log's positions that follow `after`."""
    return [Recorded(position, event) for position, event in enumerate(events, after + 1)]


class History:
    """What happens in one account. Each method adds an event to `events`, a second after the one before."""

    def __init__(self, account: AccountId = ACCOUNT, beginning: datetime = NOON) -> None:
        self.account = account
        self.now = beginning
        """The time of the next event; move it to leave a gap, or to let two happen at once."""
        self.events: list[Event] = []
        self._versions: Counter[UUID] = Counter()

    def add(self, event_class: type[E], stream_id: UUID, **facts: Any) -> E:
        """Add an event of any class to a stream."""
        self._versions[stream_id] += 1
        carried: dict[str, Any] = {
            "account": self.account,
            "actor": "AKIDEXAMPLE",
            "request_id": "request-1",
            "causation_id": "",
        }
        event = event_class(
            originator_id=stream_id,
            originator_version=self._versions[stream_id],
            timestamp=self.now,
            **carried,
            **facts,
        )
        self.now += timedelta(seconds=1)
        self.events.append(event)
        return event

    # The account: its configuration

    def role_changed(self, role_arn: str = ROLE_ARN) -> accounts.AuditRoleChanged:
        return self._account(accounts.AuditRoleChanged, role_arn=role_arn)

    def checks_enabled(self, *names: CheckName) -> accounts.AuditChecksEnabled:
        return self._account(accounts.AuditChecksEnabled, check_names=list(names or [EXPIRING]))

    def checks_disabled(self, *names: CheckName) -> accounts.AuditChecksDisabled:
        return self._account(accounts.AuditChecksDisabled, check_names=list(names or [EXPIRING]))

    def check_configured(
        self, name: CheckName = EXPIRING, configuration: Mapping[str, str] | None = None
    ) -> accounts.AuditCheckConfigured:
        thresholds = {"CERT_EXPIRATION_THRESHOLD_IN_DAYS": "60"} if configuration is None else dict(configuration)
        return self._account(accounts.AuditCheckConfigured, check_name=name, configuration=thresholds)

    def notification_target_changed(
        self, target: NotificationTarget = TARGET
    ) -> accounts.AuditNotificationTargetChanged:
        return self._account(
            accounts.AuditNotificationTargetChanged, target_type=NotificationTargetType.SNS, target=target
        )

    def configuration_deleted(self) -> accounts.AuditConfigurationDeleted:
        return self._account(accounts.AuditConfigurationDeleted)

    # The account: its scheduled audits, and its on-demand audits in progress

    def scheduled_audit_created(
        self,
        name: str = "nightly",
        schedule: Schedule = WEEKLY,
        check_names: Sequence[CheckName] = (EXPIRING,),
        tags: Mapping[str, str] | None = None,
        generation: int = 1,
    ) -> accounts.ScheduledAuditCreated:
        return self._account(
            accounts.ScheduledAuditCreated,
            name=name,
            schedule=schedule,
            check_names=list(check_names),
            tags=dict(tags or {}),
            generation=generation,
        )

    def scheduled_audit_changed(
        self,
        name: str = "nightly",
        schedule: Schedule = WEEKLY,
        check_names: Sequence[CheckName] = (LOGGING,),
    ) -> accounts.ScheduledAuditChanged:
        return self._account(
            accounts.ScheduledAuditChanged, name=name, schedule=schedule, check_names=list(check_names)
        )

    def scheduled_audit_deleted(self, name: str = "nightly") -> accounts.ScheduledAuditDeleted:
        return self._account(accounts.ScheduledAuditDeleted, name=name)

    def scheduled_audit_started(
        self, name: str = "nightly", due_at: datetime = NOON, generation: int = 1
    ) -> accounts.ScheduledAuditStarted:
        return self._account(
            accounts.ScheduledAuditStarted, name=name, generation=generation, due_at=due_at, task_id=task_id()
        )

    def scheduled_audit_tagged(
        self, name: str = "nightly", tags: Mapping[str, str] | None = None
    ) -> accounts.ScheduledAuditTagged:
        given = {"team": "fleet"} if tags is None else dict(tags)
        return self._account(accounts.ScheduledAuditTagged, name=name, tags=given)

    def scheduled_audit_untagged(
        self, name: str = "nightly", tag_keys: Sequence[str] = ("team",)
    ) -> accounts.ScheduledAuditUntagged:
        return self._account(accounts.ScheduledAuditUntagged, name=name, tag_keys=list(tag_keys))

    def on_demand_audit_admitted(self, task: TaskId | None = None) -> accounts.OnDemandAuditAdmitted:
        return self._account(accounts.OnDemandAuditAdmitted, task_id=task or task_id())

    def on_demand_audit_released(self, task: TaskId | None = None) -> accounts.OnDemandAuditReleased:
        return self._account(accounts.OnDemandAuditReleased, task_id=task or task_id())

    # Audits

    def task_started(
        self,
        task: TaskId | None = None,
        check_names: Sequence[CheckName] = (EXPIRING, LOGGING),
        scheduled_audit_name: str | None = None,
    ) -> tasks.AuditTaskStarted:
        return self._task(
            tasks.AuditTaskStarted,
            task or task_id(),
            task_type=AuditTaskType.SCHEDULED if scheduled_audit_name else AuditTaskType.ON_DEMAND,
            checks=[TargetCheck(name) for name in check_names],
            role_arn=ROLE_ARN,
            scheduled_audit_name=scheduled_audit_name,
            previous_start=None,
        )

    def check_outcome_recorded(
        self, task: TaskId | None = None, name: CheckName = EXPIRING, outcome: CheckOutcome = NON_COMPLIANT
    ) -> tasks.AuditCheckOutcomeRecorded:
        return self._task(tasks.AuditCheckOutcomeRecorded, task or task_id(), check_name=name, outcome=outcome)

    def task_completed(self, task: TaskId | None = None) -> tasks.AuditTaskCompleted:
        return self._task(tasks.AuditTaskCompleted, task or task_id())

    def task_failed(self, task: TaskId | None = None) -> tasks.AuditTaskFailed:
        return self._task(tasks.AuditTaskFailed, task or task_id())

    def task_canceled(
        self, task: TaskId | None = None, canceled_checks: Sequence[CheckName] = (EXPIRING, LOGGING)
    ) -> tasks.AuditTaskCanceled:
        return self._task(tasks.AuditTaskCanceled, task or task_id(), canceled_checks=list(canceled_checks))

    # Checks of an audit

    def check_run_planned(
        self,
        task: TaskId | None = None,
        name: CheckName = EXPIRING,
        shard_bounds: Sequence[str | None] = (None,),
        inventory_version: int = 1,
    ) -> runs.CheckRunPlanned:
        plan = CheckPlan(inventory_version, list(shard_bounds), check_version=1, notices=[])
        return self._run(runs.CheckRunPlanned, task or task_id(), name, plan=plan)

    def check_run_ended(
        self, task: TaskId | None = None, name: CheckName = EXPIRING, outcome: CheckOutcome = NON_COMPLIANT
    ) -> runs.CheckRunEnded:
        return self._run(runs.CheckRunEnded, task or task_id(), name, outcome=outcome)

    def findings_recorded(
        self,
        findings: Iterable[NonCompliance] | None = None,
        *,
        task: TaskId | None = None,
        name: CheckName = EXPIRING,
        shard: int = 0,
        batch: int = 0,
        severity: Severity = Severity.MEDIUM,
        task_started_at: datetime = NOON,
    ) -> shards.AuditFindingsRecorded:
        return self._shard(
            shards.AuditFindingsRecorded,
            ShardId(task or task_id(), name, shard),
            batch=batch,
            severity=severity,
            task_started_at=task_started_at,
            findings=[non_compliance()] if findings is None else list(findings),
        )

    def shard_completed(
        self,
        *,
        task: TaskId | None = None,
        name: CheckName = EXPIRING,
        shard: int = 0,
        examined: int = 10,
        non_compliant: int = 1,
    ) -> shards.CheckShardCompleted:
        return self._shard(
            shards.CheckShardCompleted,
            ShardId(task or task_id(), name, shard),
            tally=ShardTally(examined, non_compliant),
        )

    def _account(self, event_class: type[E], **facts: Any) -> E:
        return self.add(event_class, audit_account_id(self.account), **facts)

    def _task(self, event_class: type[E], task: TaskId, **facts: Any) -> E:
        return self.add(event_class, audit_task_id(self.account, task), task_id=task, **facts)

    def _run(self, event_class: type[E], task: TaskId, name: CheckName, **facts: Any) -> E:
        stream_id = check_run_id(self.account, task, name)
        return self.add(event_class, stream_id, task_id=task, check_name=name, **facts)

    def _shard(self, event_class: type[E], shard: ShardId, **facts: Any) -> E:
        stream_id = check_shard_id(self.account, shard.task_id, shard.check_name, shard.number)
        return self.add(event_class, stream_id, shard=shard, **facts)
