"""Which streams of the log have to be read again for a question about the past."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from events.vocabulary import CheckName, TaskId
from projections.account_configuration import AccountConfiguration
from projections.audit_findings import AuditFindings
from projections.audit_tasks import AuditTasks
from projections.projection import Projection
from projections.scheduled_audits import ScheduledAudits
from service.as_of.replay import Replay


@dataclass(frozen=True, slots=True)
class Scope:
    """Some streams. Two questions of the same scope and moment are answered from the same tables."""

    projections: ClassVar[Sequence[type[Projection]]]

    @abstractmethod
    def replay(self, log: Replay) -> None:
        """Read them."""


@dataclass(frozen=True, slots=True)
class OfAccount(Scope):
    """The account's own stream."""

    projections = (AccountConfiguration, ScheduledAudits)

    def replay(self, log: Replay) -> None:
        """Read it."""
        log.account(self.projections)


@dataclass(frozen=True, slots=True)
class OfAudit(Scope):
    """One audit, with where its checks stood."""

    task_id: str
    projections = (AuditTasks,)

    def replay(self, log: Replay) -> None:
        """Read the audit's stream, and those of checks and shards that were under way."""
        log.audit(TaskId(self.task_id))


@dataclass(frozen=True, slots=True)
class OfAudits(Scope):
    """The audits that began in a time; of each only whether it had ended."""

    start_ms: int
    end_ms: int
    projections = (AuditTasks,)

    def replay(self, log: Replay) -> None:
        """Read how they began and ended."""
        log.audits(self.start_ms, self.end_ms)


@dataclass(frozen=True, slots=True)
class OfFindings(Scope):
    """The findings of an audit or, where none is named, of all that were under way in a time."""

    task_id: str | None
    start_ms: int | None
    end_ms: int | None
    check_name: CheckName | None
    projections = (AuditTasks, AuditFindings)

    def replay(self, log: Replay) -> None:
        """Read the findings of their shards."""
        if self.task_id is not None:
            log.findings_of_audit(TaskId(self.task_id), self.check_name)
        elif self.start_ms is not None and self.end_ms is not None:
            log.findings_of_time(self.start_ms, self.end_ms, self.check_name)


@dataclass(frozen=True, slots=True)
class OfFinding(Scope):
    """One finding."""

    finding_id: str
    projections = (AuditTasks, AuditFindings)

    def replay(self, log: Replay) -> None:
        """Read the shards of its check, and keep of them that finding alone."""
        log.finding(self.finding_id)
