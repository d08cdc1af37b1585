"""The queue in memory: what Dramatiq's own, made for tests, would not do for a service."""

import threading
from collections.abc import Iterator

import pytest
from dramatiq import Worker, actor
from dramatiq.middleware import TimeLimitExceeded

from workers.broker import EmbeddedBroker


@pytest.fixture
def broker() -> EmbeddedBroker:
    return EmbeddedBroker()


@pytest.fixture
def at_work(broker: EmbeddedBroker) -> Iterator[None]:
    broker.boot()
    worker = Worker(broker, worker_threads=1, worker_timeout=100)
    worker.start()
    yield
    worker.stop()


@pytest.mark.usefixtures("at_work")
def test_messages_that_failed_are_not_kept(broker: EmbeddedBroker):
    failed = threading.Semaphore(0)

    @actor(broker=broker, max_retries=0)
    def fail() -> None:
        failed.release()
        raise RuntimeError("on purpose")

    for _ in range(20):
        fail.send()
    broker.join(fail.queue_name, timeout=10_000)
    assert failed._value == 20
    assert broker.dead_letters == []


@pytest.mark.usefixtures("at_work")
def test_time_limits_are_enforced(broker: EmbeddedBroker):
    interrupted = threading.Event()

    @actor(broker=broker, time_limit=100, max_retries=0)
    def never_end() -> None:
        try:
            while True:
                interrupted.wait(0.01)
        except TimeLimitExceeded:
            interrupted.set()
            raise

    never_end.send()
    assert interrupted.wait(10)


@pytest.mark.usefixtures("at_work")
def test_a_failed_message_is_tried_again(broker: EmbeddedBroker):
    attempts = threading.Semaphore(0)

    @actor(broker=broker, max_retries=1, min_backoff=1, max_backoff=2)
    def fail() -> None:
        attempts.release()
        raise RuntimeError("on purpose")

    fail.send()
    assert attempts.acquire(timeout=10)
    assert attempts.acquire(timeout=10)


def test_a_broker_has_no_part_in_the_process_but_what_is_given_to_it(broker: EmbeddedBroker):
    another = EmbeddedBroker()

    @actor(broker=broker)
    def work() -> None: ...

    assert broker.get_declared_actors() == {"work"}
    assert another.get_declared_actors() == set()
