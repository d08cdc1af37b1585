"""The queue in memory: what Dramatiq's own, made for tests, would not do for a service."""

import threading
from collections.abc import Iterator

import pytest
from dramatiq import Worker, actor

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

    @actor(broker=broker)
    def fail() -> None:
        failed.release()
        raise RuntimeError("on purpose")

    for _ in range(20):
        fail.send()
    broker.join(fail.queue_name, timeout=10_000)
    assert failed._value == 20
    assert broker.dead_letters == []


def test_a_broker_has_no_part_in_the_process_but_what_is_given_to_it(broker: EmbeddedBroker):
    another = EmbeddedBroker()

    @actor(broker=broker)
    def work() -> None: ...

    assert broker.get_declared_actors() == {"work"}
    assert another.get_declared_actors() == set()
