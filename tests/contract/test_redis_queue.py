"""The queue in Redis keeps the contract, and outlasts what happens to workers and to Redis."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from queue import SimpleQueue

import pytest
from dramatiq import actor
from dramatiq.broker import MessageProxy

from events.bell import Bell
from events.errors import StoreUnavailable
from tests.contract.queue_contract import LONGEST, QueueContract, sending
from tests.support.judging_process import HEARTBEAT_TIMEOUT, judge_and_hang
from tests.support.redis_server import RedisServer
from tests.support.waiting import until
from workers.messages import JUDGE_SHARD, JUDGING_QUEUE, message_for
from workers.queue import QueueBroker, QueueUnavailable
from workers.redis_broker import CONNECT_TIMEOUT, SOCKET_TIMEOUT, SharedBroker, connect
from workers.redis_consumer import RedisConsumer

NEVER = 3_600_000
"""Milliseconds."""


class TestRedisQueue(QueueContract):
    @pytest.fixture
    def server(self, redis_server: RedisServer) -> RedisServer:
        return redis_server

    @pytest.fixture
    def opened(self, server) -> Callable[[], AbstractContextManager[QueueBroker]]:
        return lambda: closing(SharedBroker(connect(server.url), heartbeat_timeout=HEARTBEAT_TIMEOUT))

    def test_workers_of_other_processes_see_what_is_sent(self, broker, opened):
        done: SimpleQueue[int] = SimpleQueue()
        with opened() as another, self.at_work(another, done.put):
            self.send(broker, 1)
            assert done.get(timeout=LONGEST) == 1
            until(lambda: not self.held(broker))

    def test_what_a_killed_worker_had_taken_is_done_by_another(self, broker, server, opened):
        self.send(broker, 1, 2)
        self.kill_a_worker_at_work(server)
        done: SimpleQueue[int] = SimpleQueue()
        began = time.monotonic()
        with opened() as another, self.at_work(another, done.put):
            assert done.get(timeout=LONGEST) == 2
            # What it died over ends here unbegun: that is an attempt, and the dispatcher sends another.
            until(lambda: not self.held(broker))
        assert time.monotonic() - began < HEARTBEAT_TIMEOUT + 5
        assert done.empty()

    def kill_a_worker_at_work(self, server: RedisServer) -> None:
        fresh = multiprocessing.get_context("spawn")
        has_begun = fresh.Event()
        process = fresh.Process(target=judge_and_hang, args=(server.url, has_begun))
        process.start()
        assert has_begun.wait(LONGEST)
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join()

    def test_a_flushed_queue_holds_nothing_and_begins_another_life(self, broker, server):
        self.send(broker, 1)
        before = broker.held()
        with server.client() as spoiling:
            spoiling.flushall()
        after = broker.held()
        assert after.message_ids == frozenset()
        assert after.life != before.life

    def test_the_next_message_is_taken_as_soon_as_there_is_room(self, server):
        with closing(SharedBroker(connect(server.url))) as broker:
            broker.declare_queue(JUDGING_QUEUE)
            self.send(broker, 1, 2)
            consumer = broker.consume(JUDGING_QUEUE, prefetch=1, timeout=NEVER)
            first = next(consumer)
            assert first is not None
            working = threading.Timer(0.05, consumer.ack, [first])
            working.start()
            assert next(consumer) is None
            second = next(consumer)
            assert second is not None
            assert second.message_id != first.message_id

    def test_an_id_of_which_nothing_is_left_is_passed_over(self, server):
        """One that stood in the queue twice, and was ended by another."""
        with closing(SharedBroker(connect(server.url))) as broker, server.client() as spoiling:
            broker.declare_queue(JUDGING_QUEUE)
            spoiling.rpush(f"{broker.namespace}:{JUDGING_QUEUE}", "ended already")
            self.send(broker, 1)
            taken = next(broker.consume(JUDGING_QUEUE, prefetch=2))
            assert taken is not None
            assert sending(1).message_id == taken.message_id

    def test_who_has_found_nothing_for_long_looks_again_when_the_log_has_grown(self, server):
        bell = Bell()
        with closing(SharedBroker(connect(server.url), bell)) as broker:
            broker.declare_queue(JUDGING_QUEUE)
            consumer = broker.consume(JUDGING_QUEUE, timeout=NEVER)
            assert isinstance(consumer, RedisConsumer)
            consumer.misses = 30
            growing = threading.Timer(0.05, bell.ring)
            growing.start()
            assert next(consumer) is None
            self.send(broker, 1)
            assert next(consumer) is not None

    def test_workers_go_on_when_redis_is_back(self, broker, server, opened):
        done: SimpleQueue[int] = SimpleQueue()
        with opened() as another, self.at_work(another, done.put):
            self.send(broker, 1)
            assert done.get(timeout=LONGEST) == 1
            server.kill()
            with pytest.raises(QueueUnavailable):
                self.send(broker, 2)
            server.start()
            self.send(broker, 3)
            assert done.get(timeout=LONGEST) == 3

    def test_what_was_taken_begins_though_redis_is_away(self, broker, server, caplog):
        actor(broker=broker, actor_name=JUDGE_SHARD, queue_name=JUDGING_QUEUE)(print)
        taken = MessageProxy(broker.enqueue(message_for(sending(1), ())))
        server.kill()
        broker.emit_before("process_message", taken)
        assert [record.message for record in caplog.records] == []

    def test_what_is_given_back_while_redis_is_away_goes_back_when_it_is_there_again(self, tmp_path):
        (tmp_path / "kept").mkdir()
        done: SimpleQueue[int] = SimpleQueue()
        with (
            RedisServer(tmp_path / "kept", keeps_data=True) as server,
            closing(SharedBroker(connect(server.url))) as broker,
        ):
            has_died = threading.Event()

            def judge(shard: int) -> None:
                if not has_died.is_set():
                    server.kill()
                    has_died.set()
                    raise StoreUnavailable("It is away, too.")
                done.put(shard)

            broker.declare_queue(JUDGING_QUEUE)
            self.send(broker, 1)
            with self.at_work(broker, judge, throws=StoreUnavailable):
                assert has_died.wait(LONGEST)
                server.start()
                assert done.get(timeout=LONGEST) == 1
                until(lambda: not self.held(broker))

    def test_a_redis_that_hangs_is_away_within_seconds(self, broker, server):
        server.pause()
        began = time.monotonic()
        try:
            with pytest.raises(QueueUnavailable):
                broker.held()
            assert time.monotonic() - began < SOCKET_TIMEOUT + CONNECT_TIMEOUT + 2
        finally:
            server.go_on()

    def test_what_was_taken_in_an_answer_that_was_lost_goes_back(self, broker, opened):
        self.send(broker, 1)
        with opened() as another:
            another.declare_queue(JUDGING_QUEUE)
            assert another.do_fetch(JUDGING_QUEUE, 1)
            consumer = another.consume(JUDGING_QUEUE)
            assert next(consumer) is not None

    def test_messages_have_no_timers(self, broker):
        with pytest.raises(ValueError, match="dispatcher"):
            broker.enqueue(message_for(sending(1), ()), delay=1_000)

    def test_a_worker_that_stops_gives_back_what_it_has_taken(self, broker, opened):
        has_begun = threading.Event()
        go_on = threading.Event()

        def judge(_: int) -> None:
            has_begun.set()
            go_on.wait(LONGEST)

        self.send(broker, 1, 2)
        with opened() as another, self.at_work(another, judge):
            assert has_begun.wait(LONGEST)
            go_on.set()
        done: SimpleQueue[int] = SimpleQueue()
        if self.held(broker):
            with opened() as third, self.at_work(third, done.put):
                assert done.get(timeout=LONGEST) == 2
