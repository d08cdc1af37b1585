"""Which two audits are compared, and which of their checks can be."""

from collections.abc import Mapping
from dataclasses import dataclass

from events.errors import InvalidRequest, NotFound
from events.vocabulary import AccountId, AuditTaskStatus, CheckName, CheckRunStatus, TaskId
from projections.audit_differences import Audits, DifferenceStatus
from projections.audit_tasks import AuditTasks, AuditTaskView, CheckDetail

DONE = frozenset({CheckRunStatus.COMPLETED_COMPLIANT, CheckRunStatus.COMPLETED_NON_COMPLIANT})


@dataclass(frozen=True)
class Compared:
    """Two audits of an account that have ended and are retained."""

    account: AccountId
    earlier: AuditTaskView
    later: AuditTaskView

    @property
    def audits(self) -> Audits:
        """The same as the read models know them."""
        return Audits(self.account, since=self.earlier.task_id, task_id=self.later.task_id)

    def why_not(self) -> Mapping[CheckName, str | None]:
        """Each check of the two, in order, with the reason why it can't be compared; None of one that can be."""
        names = sorted({*self.earlier.details, *self.later.details})
        return {name: self._why_not(name) for name in names}

    def comparable(self) -> list[CheckName]:
        """The checks that were done in both, in order."""
        return [name for name, why_not in self.why_not().items() if why_not is None]

    def versions(self, check_name: CheckName, status: DifferenceStatus) -> tuple[CheckDetail, CheckDetail]:
        """A check in the audit that made a finding of a status, and in the other one."""
        details = self.later.details[check_name], self.earlier.details[check_name]
        return details[::-1] if status is DifferenceStatus.RESOLVED else details

    def _why_not(self, name: CheckName) -> str | None:
        reasons = [
            f"{_what(task.details.get(name))} in the {which} audit"
            for which, task in (("earlier", self.earlier), ("later", self.later))
            if name not in task.details or task.details[name].status not in DONE
        ]
        return " and ".join(reasons) or None


def compare(
    tasks: AuditTasks, account: AccountId, task_id: TaskId, since: TaskId | None, *, retained_after: int
) -> Compared:
    """Find the two audits. Without `since`, the earlier one is that before it of its schedule, or of its checks.

    `retained_after` is the time (epoch milliseconds) at or before which what ended is not retained. Raise NotFound
    or InvalidRequest for an audit that is not there, no longer there, or has not ended.
    """
    later = _ended(tasks, account, task_id, retained_after)
    if since is None:
        since = tasks.previous(account, later, ended_after=retained_after)
    if since is None:
        of_what = "of these checks" if later.scheduled_audit_name is None else f"of {later.scheduled_audit_name}"
        raise NotFound(f"There is no completed audit {of_what} before {task_id}. Name another one with since.")
    if since == task_id:
        raise InvalidRequest("since must name another audit than the one that is compared with it.")
    return Compared(account, _ended(tasks, account, since, retained_after), later)


def _ended(tasks: AuditTasks, account: AccountId, task_id: TaskId, retained_after: int) -> AuditTaskView:
    task = tasks.describe(account, task_id)
    if task is None or (task.ended_at is not None and task.ended_at <= retained_after):
        raise NotFound(f"There is no audit task {task_id}, or it is no longer retained.")
    if task.status is AuditTaskStatus.IN_PROGRESS or task.ended_at is None:
        raise InvalidRequest(f"The audit task {task_id} is in progress. Compare it when it has ended.")
    return task


def _what(detail: CheckDetail | None) -> str:
    if detail is None:
        return "not done"
    return "canceled" if detail.status is CheckRunStatus.CANCELED else "failed"
