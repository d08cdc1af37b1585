"""What the dispatcher and the workers expect of a queue, whichever it is."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from queue import SimpleQueue

import pytest
from dramatiq import Worker, actor
from dramatiq.middleware import TimeLimitExceeded

from events.errors import StoreUnavailable
from events.vocabulary import CheckName, TaskId
from tests.support.given import ACCOUNT
from tests.support.waiting import until
from workers.messages import JUDGE_SHARD, JUDGING_QUEUE, Sending, message_for
from workers.queue import QueueBroker
from workers.work_item import WorkItem

LONGEST = 20.0


def sending(shard: int, attempt: int = 1) -> Sending:
    return Sending(WorkItem(ACCOUNT, TaskId("a" * 32), CheckName("NAMES_CHECK"), shard), attempt)


class QueueContract:
    """Subclasses have a fixture `opened`: opens the queue, for a worker or for the dispatcher."""

    @pytest.fixture
    def opened(self) -> Callable[[], AbstractContextManager[QueueBroker]]:
        raise NotImplementedError

    @pytest.fixture
    def broker(self, opened) -> Iterator[QueueBroker]:
        with opened() as broker:
            broker.declare_queue(JUDGING_QUEUE)
            yield broker

    def send(self, broker: QueueBroker, *shards: int) -> None:
        for shard in shards:
            broker.send(message_for(sending(shard), ()))

    def held(self, broker: QueueBroker) -> set[str]:
        return set(broker.held().message_ids)

    @contextmanager
    def at_work(self, broker: QueueBroker, judge: Callable[[int], None], **options) -> Iterator[Worker]:
        @actor(broker=broker, actor_name=JUDGE_SHARD, queue_name=JUDGING_QUEUE, **options)
        def judge_shard(account: str, task_id: str, check_name: str, shard: int) -> None:
            judge(shard)

        broker.boot()
        worker = Worker(broker, worker_threads=1, worker_timeout=100)
        worker.start()
        try:
            yield worker
        finally:
            worker.stop(1_000)

    def test_what_was_sent_is_held_until_it_was_done(self, broker):
        done: SimpleQueue[int] = SimpleQueue()
        go_on = threading.Event()

        def judge(shard: int) -> None:
            done.put(shard)
            assert go_on.wait(LONGEST)

        self.send(broker, 1, 2)
        assert self.held(broker) == {sending(1).message_id, sending(2).message_id}
        with self.at_work(broker, judge):
            assert done.get(timeout=LONGEST) == 1
            assert self.held(broker) == {sending(1).message_id, sending(2).message_id}
            go_on.set()
            assert done.get(timeout=LONGEST) == 2
            until(lambda: not self.held(broker))

    def test_what_failed_is_held_no_more(self, broker):
        def fail(_: int) -> None:
            raise RuntimeError("on purpose")

        self.send(broker, 1)
        with self.at_work(broker, fail):
            until(lambda: not self.held(broker))

    def test_work_that_takes_too_long_is_interrupted(self, broker):
        interrupted = threading.Event()

        def never_end(_: int) -> None:
            try:
                while True:
                    interrupted.wait(0.01)
            except TimeLimitExceeded:
                interrupted.set()
                raise

        self.send(broker, 1)
        with self.at_work(broker, never_end, time_limit=100, throws=TimeLimitExceeded):
            assert interrupted.wait(LONGEST)
            until(lambda: not self.held(broker))

    def test_a_worker_that_has_given_back_many_messages_takes_them_all_again(self, broker):
        """More than a worker takes in advance: what it gave back must not count among what it has in hand."""
        tries: SimpleQueue[int] = SimpleQueue()
        shards = range(20)

        def judge(shard: int) -> None:
            tries.put(shard)
            if tries.qsize() <= len(shards):
                raise StoreUnavailable("It is away.")

        self.send(broker, *shards)
        with self.at_work(broker, judge, throws=StoreUnavailable):
            until(lambda: not self.held(broker))
        assert tries.qsize() == 2 * len(shards)

    def test_what_a_store_was_away_for_is_given_back_and_done_again(self, broker):
        done: SimpleQueue[int] = SimpleQueue()

        def judge(shard: int) -> None:
            done.put(shard)
            if done.qsize() < 3:
                raise StoreUnavailable("It is away.")

        self.send(broker, 1)
        with self.at_work(broker, judge, throws=StoreUnavailable):
            until(lambda: done.qsize() == 3)
            until(lambda: not self.held(broker))
        assert [done.get() for _ in range(3)] == [1, 1, 1]

    def test_its_life_goes_on(self, broker):
        before = broker.held().life
        self.send(broker, 1)
        assert broker.held().life == before
