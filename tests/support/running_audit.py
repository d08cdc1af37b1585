"""One audit of some checks in the whole embedded service."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from events.clock import SystemClock
from events.configuration_change import CheckConfiguration, ConfigurationChange
from events.event import Cause
from events.vocabulary import AuditTaskStatus, CheckName, TaskId
from projections.audit_findings import FindingFilter, FindingView
from projections.audit_tasks import AuditTaskView
from projections.paging import Page
from service.embedded import embedded
from service.services import Services
from service.settings import Settings

CLOCK = SystemClock()
EVERYTHING = Page(100_000)


class RunningAudit:
    """What can be done with it. `task_id` may be another for a second audit."""

    def __init__(self, services: Services, checks: Sequence[str], role_arn: str) -> None:
        self.services = services
        self.account = services.settings.account
        self.checks = [CheckName(name) for name in checks]
        self.task_id = TaskId("a" * 32)
        self._role_arn = role_arn

    def begin(self) -> None:
        """Enable the checks, and start the audit."""
        enabling = ConfigurationChange(self._role_arn, {name: CheckConfiguration(True) for name in self.checks})
        application = self.services.application
        application.update_account_audit_configuration(enabling, self.cause()).result()
        started = application.start_on_demand_audit_task(self.task_id, self.checks, self.cause()).result()
        assert self.services.progress.wait(started.position, 10)

    def cancel(self) -> None:
        """Cancel the audit."""
        canceled = self.services.application.cancel_audit_task(self.task_id, self.cause()).result()
        assert self.services.progress.wait(canceled.position, 10)

    def cause(self) -> Cause:
        return Cause(self.account, CLOCK.now(), "AKIDEXAMPLE", "request-1")

    def task(self) -> AuditTaskView:
        task = self.services.read_models.audit_tasks.describe(self.account, self.task_id)
        assert task is not None
        return task

    def wait_until_over(self, patience: float = 30) -> AuditTaskView:
        """Follow what is projected, position by position, until the audit is over."""
        position = 0
        while self.task().status is AuditTaskStatus.IN_PROGRESS:
            position += 1
            assert self.services.progress.wait(position, patience), self.task()
        return self.task()

    def findings(self) -> Sequence[FindingView]:
        """Everything that was found."""
        found = self.services.read_models.audit_findings
        return found.list(self.account, FindingFilter(task_id=self.task_id), EVERYTHING).rows


@contextmanager
def running_audit(
    settings: Settings, *checks: str, role_arn: str = "arn:aws:iam::000000000000:role/Audit"
) -> Iterator[RunningAudit]:
    """A service with these settings, and an audit that has not begun."""
    with embedded(settings, CLOCK) as services:
        yield RunningAudit(services, checks, role_arn)
