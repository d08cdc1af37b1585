"""The actors: ids in, one call. What they do stands in `workers/run_check.py`."""

from dataclasses import dataclass
from typing import Any

from dramatiq import Actor, Broker, actor
from dramatiq.middleware import TimeLimitExceeded

from events.vocabulary import AccountId, CheckName, TaskId
from workers import run_check
from workers.work_item import PLANNING, WorkItem
from workers.worker import Worker

TIME_LIMIT = 60.0
"""Seconds an actor may take. A shard takes well under one; what takes this long is stuck."""

COLLECTING_TIME_LIMIT = 240.0
"""Seconds that collecting may take: what it may wait for servers (`workers/revocation/collecting.py`), as long
again for verifying what they sent."""

_LIMITS: dict[str, Any] = {
    "time_limit": TIME_LIMIT * 1000,
    # A few, for a store that is busy for a moment. What outlasts them, the dispatcher sends again.
    "max_retries": 3,
    "min_backoff": 500,
    "max_backoff": 5_000,
    "throws": TimeLimitExceeded,
}


@dataclass(frozen=True)
class Actors:
    """The actors of one broker."""

    plan_check: Actor[[AccountId, TaskId, CheckName], None]
    collect_and_plan_check: Actor[[AccountId, TaskId, CheckName], None]
    judge_shard: Actor[[AccountId, TaskId, CheckName, int], None]
    collecting_checks: frozenset[CheckName]
    """Those whose planning waits for servers of others."""

    def send(self, item: WorkItem) -> None:
        """Put a message for a piece of work in the queue."""
        if item.shard == PLANNING:
            collects = item.check_name in self.collecting_checks
            plan = self.collect_and_plan_check if collects else self.plan_check
            plan.send(item.account, item.task_id, item.check_name)
        else:
            self.judge_shard.send(item.account, item.task_id, item.check_name, item.shard)


def declare_actors(broker: Broker, collecting_broker: Broker, worker: Worker) -> Actors:
    """Declare the actors, each bound to what it works with.

    A check is planned before shards that wait are judged, so that a small audit does not wait for a large one.
    Checks that collect are planned by other threads, behind a broker of their own, so that nothing else waits for
    slow servers.
    """

    @actor(broker=broker, queue_name="planning", priority=0, **_LIMITS)
    def plan_check(account: AccountId, task_id: TaskId, check_name: CheckName) -> None:
        run_check.plan_check(worker, account, task_id, check_name)

    @actor(broker=broker, queue_name="judging", priority=1, **_LIMITS)
    def judge_shard(account: AccountId, task_id: TaskId, check_name: CheckName, shard: int) -> None:
        run_check.judge_shard(worker, account, task_id, check_name, shard)

    @actor(
        broker=collecting_broker,
        queue_name="collecting",
        **{**_LIMITS, "time_limit": COLLECTING_TIME_LIMIT * 1000},
    )
    def collect_and_plan_check(account: AccountId, task_id: TaskId, check_name: CheckName) -> None:
        run_check.plan_check(worker, account, task_id, check_name)

    collecting = frozenset(name for name, check in worker.registry.items() if check.collects is not None)
    return Actors(plan_check, collect_and_plan_check, judge_shard, collecting)
