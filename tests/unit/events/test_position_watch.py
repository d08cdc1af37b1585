"""A process learns how far another has come, and asks no more often than it must."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future

import pytest

from events.committer import Committed
from events.errors import StoreUnavailable
from events.position_watch import PositionWatch

LONGEST = 10.0


class Elsewhere:
    """The position as the database has it, and how often it was asked for."""

    def __init__(self) -> None:
        self.position = 1
        self.is_away = False
        self.looks = threading.Semaphore(0)

    def __call__(self) -> int:
        self.looks.release()
        if self.is_away:
            raise StoreUnavailable("It is away.")
        return self.position


@pytest.fixture
def elsewhere() -> Elsewhere:
    return Elsewhere()


@pytest.fixture
def watch(elsewhere) -> Iterator[PositionWatch]:
    watch = PositionWatch(elsewhere)
    watch.start()
    yield watch
    watch.stop()


def test_who_waits_is_answered_soon_after_another_process_has_passed_the_position(watch, elsewhere):
    assert watch.progress.wait(1, LONGEST)
    waiting = threading.Thread(target=lambda: watch.progress.wait(2, LONGEST))
    waiting.start()
    for _ in range(5):
        assert elsewhere.looks.acquire(timeout=LONGEST)
    assert waiting.is_alive()
    elsewhere.position = 2
    waiting.join(LONGEST)
    assert not waiting.is_alive()


def test_it_looks_seldom_while_nobody_waits(watch, elsewhere):
    assert watch.progress.wait(1, LONGEST)
    while elsewhere.looks.acquire(blocking=False):
        pass
    assert not elsewhere.looks.acquire(timeout=0.3)


async def test_the_outcome_of_a_command_comes_when_its_position_is_passed(watch, elsewhere):
    command: Future[Committed[str]] = Future()
    outcome = asyncio.ensure_future(watch.progress.outcome(command, LONGEST))
    await asyncio.sleep(0)
    command.set_result(Committed("value", 7))
    for _ in range(3):
        assert await asyncio.to_thread(elsewhere.looks.acquire, timeout=LONGEST)
    assert not outcome.done()
    elsewhere.position = 7
    assert (await asyncio.wait_for(outcome, LONGEST)).value == "value"


def test_a_store_that_is_away_is_asked_again(watch, elsewhere):
    assert watch.progress.wait(1, LONGEST)
    elsewhere.is_away = True
    assert not watch.progress.wait(2, 0.1)
    elsewhere.is_away = False
    elsewhere.position = 2
    assert watch.progress.wait(2, LONGEST)


def test_nobody_waits_for_a_watch_that_has_stopped(watch):
    assert watch.progress.wait(1, LONGEST)
    watch.stop()
    assert not watch.progress.wait(2, LONGEST)
