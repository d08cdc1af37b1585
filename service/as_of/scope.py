"""Which streams of the log have to be read again for a question about the past."""

from abc import abstractmethod
from dataclasses import dataclass

from events.vocabulary import CheckName, TaskId
from projections.answers import Answers
from service.as_of.replay import Replay


@dataclass(frozen=True, slots=True)
class Scope:
    """Some streams. Two questions of the same scope and moment are answered from the same tables."""

    @abstractmethod
    def answers(self, log: Replay) -> Answers:
        """Read them."""


@dataclass(frozen=True, slots=True)
class OfAccount(Scope):
    """The account's own stream."""

    def answers(self, log: Replay) -> Answers:
        """Read it."""
        return log.account()


@dataclass(frozen=True, slots=True)
class OfAudit(Scope):
    """One audit, with where its checks stood."""

    task_id: str

    def answers(self, log: Replay) -> Answers:
        """Read the audit's stream, and those of checks and shards that were under way."""
        return log.audit(TaskId(self.task_id))


@dataclass(frozen=True, slots=True)
class OfAudits(Scope):
    """The audits that began in a time; of each only whether it had ended."""

    start_ms: int
    end_ms: int

    def answers(self, log: Replay) -> Answers:
        """Read how they began and ended."""
        return log.audits(self.start_ms, self.end_ms)


@dataclass(frozen=True, slots=True)
class OfFindings(Scope):
    """The findings of an audit or, where none is named, of all that were under way in a time."""

    task_id: str | None
    start_ms: int | None
    end_ms: int | None
    check_name: CheckName | None

    def answers(self, log: Replay) -> Answers:
        """Read the findings of their shards."""
        if self.task_id is not None:
            return log.findings_of_audit(TaskId(self.task_id), self.check_name)
        return log.findings_of_time(self.start_ms or 0, self.end_ms or 0, self.check_name)


@dataclass(frozen=True, slots=True)
class OfFinding(Scope):
    """One finding."""

    finding_id: str

    def answers(self, log: Replay) -> Answers:
        """Read the shards of its check, and keep of them that finding alone."""
        return log.finding(self.finding_id)
