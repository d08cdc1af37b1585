"""One check of one audit: planned over shards of the inventory, then completed, failed or canceled."""

from dataclasses import dataclass

from events.audit_task import CheckOutcome
from events.event import Aggregate, Cause, Event
from events.vocabulary import CheckName, TaskId


@dataclass(frozen=True)
class CheckPlan:
    """What a check run is to examine. Recorded, so that the audit can be judged again on exactly this."""

    inventory_version: int
    shard_bounds: list[str | None]
    """One upper bound (inclusive) a shard, in key order; the last is None: no bound. Empty: nothing to examine."""
    check_version: int
    """The version of the check's own code."""
    notices: list[str]
    """What this check could not look at at all, in sentences for the check's message."""


class CheckRun(Aggregate):
    """Decides that a check is planned once and ends once."""

    plan: CheckPlan | None
    is_over: bool

    def begin(self) -> None:
        """Start as a check run that nobody has planned."""
        self.plan = None
        self.is_over = False

    def record_plan(self, task_id: TaskId, check_name: CheckName, plan: CheckPlan, cause: Cause) -> None:
        """Note what the check will examine. The first plan stands: a second delivery must not move the shards."""
        if self.plan is None and not self.is_over:
            self.trigger(CheckRunPlanned, cause, task_id=task_id, check_name=check_name, plan=plan)

    def end(self, task_id: TaskId, check_name: CheckName, outcome: CheckOutcome, cause: Cause) -> None:
        """Note how the check ended. A repeated report changes nothing."""
        if not self.is_over:
            self.trigger(CheckRunEnded, cause, task_id=task_id, check_name=check_name, outcome=outcome)


class CheckRunPlanned(Event):
    """The inventory was cut into shards for this check."""

    TOPIC = "CheckRun.Planned.v1"
    task_id: TaskId
    check_name: CheckName
    plan: CheckPlan

    def apply(self, run: CheckRun) -> None:
        run.plan = self.plan


class CheckRunEnded(Event):
    """The check is over: completed, failed or canceled, as its outcome says."""

    TOPIC = "CheckRun.Ended.v1"
    task_id: TaskId
    check_name: CheckName
    outcome: CheckOutcome

    def apply(self, run: CheckRun) -> None:
        run.is_over = True
