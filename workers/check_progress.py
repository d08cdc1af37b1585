"""How far one check of one audit has come, as the dispatcher keeps it until the check has ended."""

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Self

from events.audit_task import CheckOutcome
from events.check_run import CheckPlan
from events.check_shard import ShardTally
from events.event import Event
from workers import outcomes


@dataclass(frozen=True)
class CheckProgress:
    """What its shards have reported so far, and what it is to be ended with, once that is known."""

    request_id: str
    causation_id: str
    """The latest event that brought the check forward."""
    notices: list[str] | None = None
    """From the plan; None until there is one."""
    examined: int = 0
    non_compliant: int = 0
    not_judged: dict[str, int] = field(default_factory=dict)
    outcome: CheckOutcome | None = None

    @property
    def wants_planning(self) -> bool:
        """Whether a plan would be news."""
        return self.notices is None and self.outcome is None

    def planned(self, plan: CheckPlan, event: Event) -> Self:
        """The check has been planned."""
        return replace(self, notices=plan.notices, causation_id=str(event.event_id))

    def with_shard(self, tally: ShardTally, event: Event) -> Self:
        """One more shard is in."""
        return replace(
            self,
            examined=self.examined + tally.resources_examined,
            non_compliant=self.non_compliant + tally.non_compliant_resources,
            not_judged=dict(Counter(self.not_judged) + Counter(tally.not_judged)),
            causation_id=str(event.event_id),
        )

    def completed(self) -> Self:
        """All shards are in."""
        outcome = outcomes.completed(self.examined, self.non_compliant, self.notices or [], self.not_judged)
        return replace(self, outcome=outcome)

    def canceled(self, event: Event) -> Self:
        """The audit was canceled."""
        outcome = outcomes.canceled(self.examined, self.non_compliant)
        return replace(self, outcome=outcome, causation_id=str(event.event_id))

    def given_up(self) -> Self:
        """A part of the check can't be done."""
        return replace(self, outcome=outcomes.GIVEN_UP)
