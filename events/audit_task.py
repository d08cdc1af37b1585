"""An audit: the checks it owes, what became of each, and how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from events.errors import InvalidRequest, NotFound
from events.event import Aggregate, Cause, Event
from events.vocabulary import AuditTaskType, CheckErrorCode, CheckName, CheckRunStatus, TaskId


@dataclass(frozen=True)
class TargetCheck:
    """A check that an audit owes, with the thresholds that were in force when the audit began."""

    name: CheckName
    configuration: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CheckOutcome:
    """How one check of an audit ended."""

    status: CheckRunStatus
    resources_examined: int = 0
    non_compliant_resources: int = 0
    suppressed_resources: int = 0
    error_code: CheckErrorCode | None = None
    message: str | None = None
    """For a person: why it failed, or what could not be examined. At most 2048 characters."""


class AuditTask(Aggregate):
    """Decides when an audit is over. The last outcome ends it; what comes later changes nothing."""

    task_id: TaskId
    task_type: AuditTaskType
    started_at: datetime
    role_arn: str
    """What reads the account, if it is a linked one."""
    previous_start: datetime | None
    target_checks: dict[CheckName, TargetCheck]
    open_checks: set[CheckName]
    checks_failed: int
    is_over: bool

    def begin(self) -> None:
        """Start as a task that nobody has started."""
        self.target_checks = {}
        self.open_checks = set()
        self.checks_failed = 0
        self.is_over = False

    @property
    def exists(self) -> bool:
        """Whether the task was ever started."""
        return self.version > 0

    def start(
        self,
        task_id: TaskId,
        task_type: AuditTaskType,
        checks: Sequence[TargetCheck],
        role_arn: str,
        cause: Cause,
        *,
        scheduled_audit_name: str | None = None,
        previous_start: datetime | None = None,
    ) -> None:
        """Start the audit. Starting it again, as a second scheduler might, changes nothing."""
        if self.exists:
            return
        self.trigger(
            AuditTaskStarted,
            cause,
            task_id=task_id,
            task_type=task_type,
            checks=list(checks),
            role_arn=role_arn,
            scheduled_audit_name=scheduled_audit_name,
            previous_start=previous_start,
        )

    def record_check_outcome(self, check_name: CheckName, outcome: CheckOutcome, cause: Cause) -> bool:
        """Note how one check ended; the last one ends the task, which then is True.

        A repeated or late report changes nothing.
        """
        if self.is_over or check_name not in self.open_checks:
            return False
        self.trigger(
            AuditCheckOutcomeRecorded, cause, task_id=self.task_id, check_name=check_name, outcome=outcome
        )
        if not self.open_checks:
            ended = AuditTaskFailed if self.checks_failed == len(self.target_checks) else AuditTaskCompleted
            self.trigger(ended, cause, task_id=self.task_id)
        return self.is_over

    def cancel(self, cause: Cause) -> None:
        """Cancel the audit, and with it every check that has not ended."""
        self.require_exists()
        if self.is_over:
            raise InvalidRequest(f"The audit task {self.task_id} is not in progress.")
        self.trigger(AuditTaskCanceled, cause, task_id=self.task_id, canceled_checks=sorted(self.open_checks))

    def require_exists(self) -> None:
        """Refuse a task that was never started."""
        if not self.exists:
            raise NotFound("There is no audit task with this taskId.")


class AuditTaskStarted(Event):
    """An audit began. Everything that it will need to know of the configuration is here."""

    TOPIC = "AuditTask.Started.v2"
    task_id: TaskId
    task_type: AuditTaskType
    checks: list[TargetCheck]
    role_arn: str
    scheduled_audit_name: str | None
    previous_start: datetime | None
    """When the scheduled audit's run before this one began; its connections have been looked at."""

    def apply(self, task: AuditTask) -> None:
        task.task_id = self.task_id
        task.task_type = self.task_type
        task.started_at = self.timestamp
        task.role_arn = self.role_arn
        task.previous_start = self.previous_start
        task.target_checks = {check.name: check for check in self.checks}
        task.open_checks = set(task.target_checks)


class AuditCheckOutcomeRecorded(Event):
    """One check of the audit ended."""

    TOPIC = "AuditTask.CheckOutcomeRecorded.v1"
    task_id: TaskId
    check_name: CheckName
    outcome: CheckOutcome

    def apply(self, task: AuditTask) -> None:
        task.open_checks.discard(self.check_name)
        task.checks_failed += self.outcome.status is CheckRunStatus.FAILED


class AuditTaskCompleted(Event):
    """Every check has ended, and at least one of them could be done."""

    TOPIC = "AuditTask.Completed.v1"
    task_id: TaskId

    def apply(self, task: AuditTask) -> None:
        task.is_over = True


class AuditTaskFailed(Event):
    """Every check has ended, and none of them could be done."""

    TOPIC = "AuditTask.Failed.v1"
    task_id: TaskId

    def apply(self, task: AuditTask) -> None:
        task.is_over = True


class AuditTaskCanceled(Event):
    """The audit was canceled, with the checks that had not ended."""

    TOPIC = "AuditTask.Canceled.v1"
    task_id: TaskId
    canceled_checks: list[CheckName]

    def apply(self, task: AuditTask) -> None:
        task.open_checks = set()
        task.is_over = True
