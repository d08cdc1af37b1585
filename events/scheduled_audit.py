"""A scheduled audit, and the rules that its own fields must keep."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from events.errors import InvalidRequest, LimitExceeded
from events.vocabulary import AuditFrequency, CheckName, DayOfWeek

MAX_TAGS = 50
"""Tags of one scheduled audit. Source: AWS's CloudFormation schema of `AWS::IoT::ScheduledAudit`."""


BEGINNING = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Schedule:
    """How often an audit takes place, and on which day. `of` builds a valid one."""

    frequency: AuditFrequency
    day_of_month: str | None = None
    """`1` to `31` or `LAST`; with MONTHLY only."""
    day_of_week: DayOfWeek | None = None
    """With WEEKLY and BIWEEKLY only."""

    @classmethod
    def of(cls, frequency: AuditFrequency, day_of_month: str | None, day_of_week: DayOfWeek | None) -> "Schedule":
        """Return the schedule, refusing one that lacks its day.

        A day that the frequency does not use is dropped (docs/choices.md), so that two requests that mean the
        same schedule compare equal.
        """
        if frequency is AuditFrequency.DAILY:
            return cls(frequency)
        if frequency is AuditFrequency.MONTHLY:
            if day_of_month is None:
                raise InvalidRequest("dayOfMonth is required when frequency is MONTHLY.")
            return cls(frequency, day_of_month=day_of_month)
        if day_of_week is None:
            raise InvalidRequest(f"dayOfWeek is required when frequency is {frequency}.")
        return cls(frequency, day_of_week=day_of_week)


@dataclass(frozen=True)
class ScheduledAudit:
    """One scheduled audit of an account."""

    name: str
    schedule: Schedule
    check_names: tuple[CheckName, ...]
    tags: Mapping[str, str] = field(default_factory=dict)
    generation: int = 0
    """Counts the account's scheduled audits ever created: a name that is deleted and made again is a new one."""
    since: datetime = BEGINNING
    """When it was created, or given its present schedule: it is due after that."""
    last_due: datetime | None = None
    """What its last audit was due at."""
    last_started: datetime | None = None
    """When that began."""

    def is_same_request(self, other: "ScheduledAudit") -> bool:
        """Tell whether `other` asks for what is already there."""
        return (self.schedule, set(self.check_names), dict(self.tags)) == (
            other.schedule,
            set(other.check_names),
            dict(other.tags),
        )


def require_few_enough(tags: Mapping[str, str]) -> None:
    """Refuse more tags than a scheduled audit may have."""
    if len(tags) > MAX_TAGS:
        raise LimitExceeded(f"A scheduled audit can have at most {MAX_TAGS} tags.")
