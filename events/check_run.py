"""One check of one audit: planned over shards of the inventory, then completed, failed or canceled.

Some checks wait before that: until the linked account has been read into the inventory, and until what they need
besides the inventory has been collected.
"""

from dataclasses import dataclass
from typing import Any

from events.audit_task import CheckOutcome
from events.event import Aggregate, Cause, Event
from events.vocabulary import CheckName, TaskId

NO_KEY_BLOCKLIST = "none"
"""There was no list of weak keys."""


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
    key_blocklist: str | None = None
    """The SHA-256 of the operator's list of weak keys, or NO_KEY_BLOCKLIST. None of a check that asks no such
    list, and of a plan that was recorded before this was (v1)."""


@dataclass(frozen=True)
class AccountReading:
    """How far the linked account was read for a check."""

    resources: dict[str, int]
    """How many, by resource type."""
    notices: list[str] | None = None
    """What could not be read, in sentences for the check's message; None while there is more to read."""


class CheckRun(Aggregate):
    """Decides that a check is planned once and ends once."""

    plan: CheckPlan | None
    is_collecting: bool
    evidence_id: str | None
    account_read: "CheckAccountRead | None"
    is_over: bool

    def begin(self) -> None:
        """Start as a check run that nobody has planned."""
        self.plan = None
        self.is_collecting = False
        self.evidence_id = None
        self.account_read = None
        self.is_over = False

    def start_data_collection(self, task_id: TaskId, check_name: CheckName, cause: Cause) -> None:
        """Note that the check waits for what it can't be planned without. A second delivery changes nothing."""
        if not (self.is_collecting or self.plan or self.is_over):
            self.trigger(CheckDataCollectionStarted, cause, task_id=task_id, check_name=check_name)

    def record_account_reading(
        self, task_id: TaskId, check_name: CheckName, reading: AccountReading, cause: Cause
    ) -> None:
        """Note how far the linked account was read for the check. The first time that it was all stands."""
        if self.account_read or self.plan or self.is_over:
            return
        about: dict[str, Any] = {"task_id": task_id, "check_name": check_name, "resources": reading.resources}
        if reading.notices is None:
            self.trigger(CheckAccountReadingProgressed, cause, **about)
        else:
            self.trigger(CheckAccountRead, cause, **about, notices=reading.notices)

    def record_collected_data(
        self, task_id: TaskId, check_name: CheckName, evidence_id: str, cause: Cause
    ) -> None:
        """Note what was collected. The first evidence stands: all shards are to be judged by the same."""
        if not (self.evidence_id or self.plan or self.is_over):
            self.trigger(
                CheckDataCollected, cause, task_id=task_id, check_name=check_name, evidence_id=evidence_id
            )

    def record_plan(self, task_id: TaskId, check_name: CheckName, plan: CheckPlan, cause: Cause) -> None:
        """Note what the check will examine. The first plan stands: a second delivery must not move the shards."""
        if self.plan is None and not self.is_over:
            self.trigger(CheckRunPlanned, cause, task_id=task_id, check_name=check_name, plan=plan)

    def end(self, task_id: TaskId, check_name: CheckName, outcome: CheckOutcome, cause: Cause) -> None:
        """Note how the check ended. A repeated report changes nothing."""
        if not self.is_over:
            self.trigger(CheckRunEnded, cause, task_id=task_id, check_name=check_name, outcome=outcome)


class CheckDataCollectionStarted(Event):
    """The check waits until what it needs besides the inventory has been fetched."""

    TOPIC = "CheckRun.DataCollectionStarted.v1"
    task_id: TaskId
    check_name: CheckName

    def apply(self, run: CheckRun) -> None:
        run.is_collecting = True


class CheckAccountReadingProgressed(Event):
    """A part of the linked account has been read. The rest is asked for again: one such event for each step."""

    TOPIC = "CheckRun.AccountReadingProgressed.v1"
    task_id: TaskId
    check_name: CheckName
    resources: dict[str, int]
    """How many were listed so far, by resource type."""

    def apply(self, run: CheckRun) -> None:
        """Nothing: what was read lies in the inventory's database."""


class CheckAccountRead(Event):
    """What the check needs of the linked account has been read into the inventory."""

    TOPIC = "CheckRun.AccountRead.v1"
    task_id: TaskId
    check_name: CheckName
    resources: dict[str, int]
    """How many were read, by resource type."""
    notices: list[str]
    """What could not be read, in sentences for the check's message."""

    def apply(self, run: CheckRun) -> None:
        run.is_collecting = False
        run.account_read = self


class CheckDataCollected(Event):
    """What the check needs has been fetched and kept, so that it can be judged again by exactly that."""

    TOPIC = "CheckRun.DataCollected.v1"
    task_id: TaskId
    check_name: CheckName
    evidence_id: str
    """The SHA-256 of what was kept, under which it is found."""

    def apply(self, run: CheckRun) -> None:
        run.is_collecting = False
        run.evidence_id = self.evidence_id


class CheckRunPlanned(Event):
    """The inventory was cut into shards for this check."""

    TOPIC = "CheckRun.Planned.v2"
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
