"""The actors: ids in, one call. What they do stands in `workers/run_check.py`."""

from collections.abc import Callable

from dramatiq import Broker, actor
from dramatiq.middleware import TimeLimitExceeded

from events.vocabulary import AccountId, CheckName, TaskId
from workers import run_check
from workers.messages import (
    COLLECT_AND_PLAN_CHECK,
    COLLECTING_QUEUE,
    JUDGE_SHARD,
    JUDGING_QUEUE,
    PLAN_CHECK,
    PLANNING_QUEUE,
)
from workers.middleware import NOT_ITS_FAULT, Abandoned
from workers.observer import ObservedWork
from workers.worker import Worker

TIME_LIMIT = 60.0
"""Seconds an actor may take. A shard takes well under one; what takes this long is stuck."""

COLLECTING_TIME_LIMIT = 240.0
"""Seconds that collecting may take: what it may wait for servers (`workers/revocation/collecting.py`), as long
again for verifying what they sent."""

SHORT_TIME = 1.0
"""Seconds that a thread waits before it gives work back that it could not do. So it does not take one message
after the other, which another worker might be able to do."""

EXPECTED = (TimeLimitExceeded, *NOT_ITS_FAULT)
"""What Dramatiq need not report with a traceback."""


def declare_actors(broker: Broker, collecting_broker: Broker, worker: Worker) -> None:
    """Declare the actors, each bound to what it works with.

    A check is planned before shards that wait are judged, so that a small audit does not wait for a large one.
    Checks that collect are planned by other threads, behind a broker of their own, so that nothing else waits for
    slow servers.
    """
    time_limit = TIME_LIMIT * 1000
    if worker.observer is not None:
        for each in (broker, collecting_broker):
            each.add_middleware(ObservedWork(worker.observer))

    @actor(
        actor_name=PLAN_CHECK,
        broker=broker,
        queue_name=PLANNING_QUEUE,
        priority=0,
        time_limit=time_limit,
        throws=EXPECTED,
    )
    def plan_check(account: AccountId, task_id: TaskId, check_name: CheckName) -> None:
        _work(worker, lambda: run_check.plan_check(worker, account, task_id, check_name))

    @actor(
        actor_name=JUDGE_SHARD,
        broker=broker,
        queue_name=JUDGING_QUEUE,
        priority=1,
        time_limit=time_limit,
        throws=EXPECTED,
    )
    def judge_shard(account: AccountId, task_id: TaskId, check_name: CheckName, shard: int) -> None:
        _work(worker, lambda: run_check.judge_shard(worker, account, task_id, check_name, shard))

    @actor(
        actor_name=COLLECT_AND_PLAN_CHECK,
        broker=collecting_broker,
        queue_name=COLLECTING_QUEUE,
        time_limit=COLLECTING_TIME_LIMIT * 1000,
        throws=EXPECTED,
    )
    def collect_and_plan_check(account: AccountId, task_id: TaskId, check_name: CheckName) -> None:
        _work(worker, lambda: run_check.plan_check(worker, account, task_id, check_name))


def _work(worker: Worker, work: Callable[[], None]) -> None:
    """Do it. Raise what has the message given back (`workers/middleware.py`), with little haste."""
    try:
        work()
    except NOT_ITS_FAULT:
        worker.stopping.wait(SHORT_TIME)
        raise
    if worker.stopping.is_set():  # it may be half done
        raise Abandoned
