"""The commands: one method each, named after the AWS operation where there is one.

A method hands a decision to the committer and returns a future. The decision runs on the committer's thread:
load the aggregates, let them decide. What they decided is appended in one transaction, or the refusal is raised
from the future and nothing has changed.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Any

from events.audit_account import AuditAccount
from events.audit_end import audit_ended
from events.audit_task import AuditTask, CheckOutcome, TargetCheck
from events.check_catalogue import CheckCatalogue
from events.check_run import AccountReading, CheckPlan, CheckRun
from events.check_shard import CheckShard, ShardId, ShardTally
from events.committer import Committed, Committer, Unit
from events.configuration_change import ConfigurationChange
from events.event import Cause
from events.finding_batches import Batch, batches_of, saves_of
from events.identifiers import audit_account_id, audit_task_id, check_run_id, check_shard_id
from events.inventory_imports import InventoryImports
from events.notifications import Notifications
from events.resource import NonCompliance
from events.scheduled_audit import ScheduledAudit
from events.vocabulary import AuditTaskType, CheckErrorCode, CheckName, CheckRunStatus, Severity, TaskId

DISABLED = CheckOutcome(
    CheckRunStatus.FAILED,
    error_code=CheckErrorCode.AUDIT_CHECK_DISABLED,
    message="The check has been disabled since the audit was scheduled.",
)


@dataclass(frozen=True)
class Judgement:
    """What a check says of one shard."""

    findings: Sequence[NonCompliance]
    tally: ShardTally
    severity: Severity


class Application:
    """Carries out every command, for any account."""

    def __init__(self, committer: Committer, catalogue: CheckCatalogue, region: str) -> None:
        self._committer = committer
        self._catalogue = catalogue
        self._region = region
        self.notifications = Notifications(committer)
        self.imports = InventoryImports(committer)

    # Configuration

    def update_account_audit_configuration(
        self, change: ConfigurationChange, cause: Cause
    ) -> Future[Committed[None]]:
        """Merge `change` into the account's configuration."""

        def decide(unit: Unit) -> None:
            self._catalogue.require_known(change.checks)
            for name, check in change.checks.items():
                self._catalogue.require_valid(name, check.configuration or {})
            _account(unit, cause).update_configuration(change, cause)

        return self._committer.submit(decide)

    def delete_account_audit_configuration(
        self, cause: Cause, *, delete_scheduled_audits: bool
    ) -> Future[Committed[None]]:
        """Restore the defaults: no check enabled."""
        return self._committer.submit(
            lambda unit: _account(unit, cause).delete_configuration(
                cause, delete_scheduled_audits=delete_scheduled_audits
            )
        )

    # Scheduled audits

    def create_scheduled_audit(self, audit: ScheduledAudit, cause: Cause) -> Future[Committed[None]]:
        """Add a scheduled audit."""

        def decide(unit: Unit) -> None:
            self._catalogue.require_known(audit.check_names)
            _account(unit, cause).create_scheduled_audit(audit, self._region, cause)

        return self._committer.submit(decide)

    def update_scheduled_audit(
        self, name: str, schedule: Mapping[str, Any], check_names: Sequence[CheckName] | None, cause: Cause
    ) -> Future[Committed[None]]:
        """Change the given members: `frequency`, `day_of_month`, `day_of_week` in `schedule`, and the checks."""

        def decide(unit: Unit) -> None:
            account = _account(unit, cause)
            account.require_scheduled_audit(name)
            self._catalogue.require_known(check_names or ())
            account.update_scheduled_audit(name, schedule, check_names, cause)

        return self._committer.submit(decide)

    def delete_scheduled_audit(self, name: str, cause: Cause) -> Future[Committed[None]]:
        """Delete a scheduled audit."""
        return self._committer.submit(lambda unit: _account(unit, cause).delete_scheduled_audit(name, cause))

    def tag_scheduled_audit(self, name: str, tags: Mapping[str, str], cause: Cause) -> Future[Committed[None]]:
        """Add tags to a scheduled audit."""
        return self._committer.submit(lambda unit: _account(unit, cause).tag_scheduled_audit(name, tags, cause))

    def untag_scheduled_audit(self, name: str, tag_keys: Sequence[str], cause: Cause) -> Future[Committed[None]]:
        """Remove tags from a scheduled audit."""
        return self._committer.submit(
            lambda unit: _account(unit, cause).untag_scheduled_audit(name, tag_keys, cause)
        )

    # Tasks

    def start_on_demand_audit_task(
        self, task_id: TaskId, check_names: Sequence[CheckName], cause: Cause
    ) -> Future[Committed[None]]:
        """Start an audit of the named checks, with the thresholds in force now."""

        def decide(unit: Unit) -> None:
            names = list(dict.fromkeys(check_names))
            self._catalogue.require_known(names)
            account = _account(unit, cause)
            account.admit_on_demand_audit(task_id, names, cause)
            _task(unit, task_id, cause).start(
                task_id,
                AuditTaskType.ON_DEMAND,
                [self._target_check(account, name) for name in names],
                account.role_arn or "",
                cause,
            )

        return self._committer.submit(decide)

    def start_scheduled_audit(self, name: str, generation: int, cause: Cause) -> Future[Committed[TaskId | None]]:
        """Start the audit that is due by a schedule; the future has its id, or None if none is due (any more).

        A check that has been disabled since the schedule was made fails with AUDIT_CHECK_DISABLED at once.
        """

        def decide(unit: Unit) -> TaskId | None:
            account = _account(unit, cause)
            begun = account.start_scheduled_audit(name, generation, cause)
            if begun is None:
                return None
            audit, task_id = begun
            _task(unit, task_id, cause).start(
                task_id,
                AuditTaskType.SCHEDULED,
                [self._target_check(account, check_name) for check_name in audit.check_names],
                account.role_arn or "",
                cause,
                scheduled_audit_name=name,
                previous_start=audit.last_started,
            )
            for check_name in audit.check_names:
                if check_name not in account.enabled_checks:
                    _end_check_run(unit, task_id, check_name, DISABLED, cause)
            return task_id

        return self._committer.submit(decide)

    def _target_check(self, account: AuditAccount, name: CheckName) -> TargetCheck:
        configured = account.configurations.get(name, {})
        return TargetCheck(name, self._catalogue.configuration_of(name, configured))

    def cancel_audit_task(self, task_id: TaskId, cause: Cause) -> Future[Committed[None]]:
        """Cancel an audit that is in progress."""

        def decide(unit: Unit) -> None:
            _task(unit, task_id, cause).cancel(cause)
            audit_ended(unit, task_id, cause)

        return self._committer.submit(decide)

    # The work

    def start_data_collection(
        self, task_id: TaskId, check_name: CheckName, cause: Cause
    ) -> Future[Committed[None]]:
        """Note that a check waits for data, unless its audit is over."""

        def decide(unit: Unit) -> None:
            if _is_in_progress(unit, task_id, cause):
                _run(unit, task_id, check_name, cause).start_data_collection(task_id, check_name, cause)

        return self._committer.submit(decide)

    def record_account_reading(
        self, task_id: TaskId, check_name: CheckName, reading: AccountReading, cause: Cause
    ) -> Future[Committed[bool]]:
        """Note how far the linked account was read for a check. The future has False when its audit is over."""

        def decide(unit: Unit) -> bool:
            if not _is_in_progress(unit, task_id, cause):
                return False
            run = _run(unit, task_id, check_name, cause)
            run.record_account_reading(task_id, check_name, reading, cause)
            return True

        return self._committer.submit(decide)

    def record_collected_data(
        self, task_id: TaskId, check_name: CheckName, evidence_id: str, cause: Cause
    ) -> Future[Committed[str | None]]:
        """Note what was collected for a check, unless its audit is over.

        The future has the evidence that stands: of two collections the first; None when the audit is over.
        """

        def decide(unit: Unit) -> str | None:
            if not _is_in_progress(unit, task_id, cause):
                return None
            run = _run(unit, task_id, check_name, cause)
            run.record_collected_data(task_id, check_name, evidence_id, cause)
            return run.evidence_id

        return self._committer.submit(decide)

    def record_check_plan(
        self, task_id: TaskId, check_name: CheckName, plan: CheckPlan, cause: Cause
    ) -> Future[Committed[None]]:
        """Note what a check is going to examine, unless its audit is over."""

        def decide(unit: Unit) -> None:
            if _is_in_progress(unit, task_id, cause):
                _run(unit, task_id, check_name, cause).record_plan(task_id, check_name, plan, cause)

        return self._committer.submit(decide)

    def record_judgement(self, shard: ShardId, judgement: Judgement, cause: Cause) -> bool:
        """Keep what was found in a shard; blocks until it is in the log.

        Return False, with nothing more kept, when the audit is over.
        """
        saves = saves_of(batches_of(judgement.findings))
        for batches in saves:
            keep = partial(
                _keep_findings,
                shard=shard,
                judgement=judgement,
                batches=batches,
                cause=cause,
                is_last=batches is saves[-1],
            )
            if not self._committer.submit(keep).result().value:
                return False
        return True

    def end_check_run(
        self, task_id: TaskId, check_name: CheckName, outcome: CheckOutcome, cause: Cause
    ) -> Future[Committed[None]]:
        """Note how a check ended, in its own stream and in its audit's; the last check ends the audit."""
        return self._committer.submit(lambda unit: _end_check_run(unit, task_id, check_name, outcome, cause))


def _end_check_run(
    unit: Unit, task_id: TaskId, check_name: CheckName, outcome: CheckOutcome, cause: Cause
) -> None:
    _run(unit, task_id, check_name, cause).end(task_id, check_name, outcome, cause)
    if _task(unit, task_id, cause).record_check_outcome(check_name, outcome, cause):
        audit_ended(unit, task_id, cause)


def _keep_findings(
    unit: Unit, shard: ShardId, judgement: Judgement, batches: Sequence[Batch], cause: Cause, *, is_last: bool
) -> bool:
    task = _task(unit, shard.task_id, cause)
    if task.is_over or not task.exists:
        return False
    kept = unit.get(CheckShard, check_shard_id(cause.account, shard.task_id, shard.check_name, shard.number))
    for batch in batches:
        kept.record_findings(shard, batch.number, batch.findings, judgement.severity, task.started_at, cause)
    if is_last:
        kept.complete(shard, judgement.tally, cause)
    return True


def _account(unit: Unit, cause: Cause) -> AuditAccount:
    return unit.get(AuditAccount, audit_account_id(cause.account))


def _task(unit: Unit, task_id: TaskId, cause: Cause) -> AuditTask:
    return unit.get(AuditTask, audit_task_id(cause.account, task_id))


def _is_in_progress(unit: Unit, task_id: TaskId, cause: Cause) -> bool:
    task = _task(unit, task_id, cause)
    return task.exists and not task.is_over


def _run(unit: Unit, task_id: TaskId, check_name: CheckName, cause: Cause) -> CheckRun:
    return unit.get(CheckRun, check_run_id(cause.account, task_id, check_name))
