"""A worker process that takes messages out of a queue in Redis, begins with one, and hangs."""

import threading
from multiprocessing.synchronize import Event

from dramatiq import Worker, actor

from workers.messages import JUDGE_SHARD, JUDGING_QUEUE
from workers.redis_broker import SharedBroker, connect

HEARTBEAT_TIMEOUT = 2.0


def judge_and_hang(url: str, has_begun: Event) -> None:
    """Tell when the first message has begun."""
    broker = SharedBroker(connect(url), heartbeat_timeout=HEARTBEAT_TIMEOUT)

    @actor(broker=broker, actor_name=JUDGE_SHARD, queue_name=JUDGING_QUEUE)
    def judge_shard(account: str, task_id: str, check_name: str, shard: int) -> None:
        until_both_are_taken(broker)
        has_begun.set()
        threading.Event().wait()

    Worker(broker, worker_threads=1, worker_timeout=100).start()
    threading.Event().wait()


def until_both_are_taken(broker: SharedBroker) -> None:
    """Wait until the queue's second message is with this process, too."""
    while len(broker.in_hand[JUDGING_QUEUE]) < 2:
        threading.Event().wait(0.01)
