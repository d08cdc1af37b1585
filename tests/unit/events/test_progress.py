"""Waiting for a follower: nobody polls, nobody waits in vain, and a batch wakes a loop once."""

import asyncio
import gc
import threading
import weakref
from collections.abc import Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest

from events.committer import Committed
from events.progress import Progress
from tests.support.event_loops import CountingLoop, begun, from_another_thread, run_in

PATIENCE = 30.0


async def test_a_position_that_is_passed_already_does_not_suspend():
    progress = Progress()
    progress.reached(5)

    waiting = progress.passed(5, PATIENCE)

    with pytest.raises(StopIteration) as finished:
        waiting.send(None)
    assert finished.value.value is True


async def test_who_waits_is_woken_when_the_position_is_passed():
    progress = Progress()
    [at_5, at_7] = await begun(progress.passed(5, PATIENCE), progress.passed(7, PATIENCE))

    from_another_thread(progress.reached, 6)

    assert await at_5
    assert not at_7.done()
    from_another_thread(progress.reached, 9)
    assert await at_7


async def test_a_position_that_is_not_passed_in_time_is_false():
    progress = Progress()
    progress.reached(4)

    assert await progress.passed(5, 0.01) is False


async def test_who_is_cancelled_harms_nobody():
    progress = Progress()
    [cancelled, other] = await begun(progress.passed(5, PATIENCE), progress.passed(5, PATIENCE))
    cancelled.cancel()

    from_another_thread(progress.reached, 5)

    assert await other
    with suppress(asyncio.CancelledError):
        await cancelled
    assert cancelled.cancelled()


async def test_when_the_follower_has_stopped_nobody_waits_in_vain():
    progress = Progress()
    progress.reached(4)
    [waiting] = await begun(progress.passed(5, PATIENCE))

    from_another_thread(progress.stopped)

    async with asyncio.timeout(PATIENCE / 2):
        assert await waiting is False
        assert await progress.passed(5, PATIENCE) is False
        assert await progress.passed(4, PATIENCE) is True


def test_however_many_wait_a_batch_wakes_their_loop_once():
    progress = Progress()
    loop = CountingLoop()

    async def many() -> list[bool]:
        waiting = await begun(*[progress.passed(position, PATIENCE) for position in range(100)])
        from_another_thread(progress.reached, 100)
        return await asyncio.gather(*waiting)

    assert run_in(loop, many()) == [True] * 100
    assert loop.wake_ups == 1


def test_a_batch_for_which_nobody_waited_wakes_nobody():
    progress = Progress()
    loop = CountingLoop()

    async def one() -> bool:
        [waiting] = await begun(progress.passed(100, PATIENCE))
        for position in range(100):
            from_another_thread(progress.reached, position)
        assert loop.wake_ups == 0
        from_another_thread(progress.reached, 100)
        return await waiting

    assert run_in(loop, one())


def test_several_loops_wait_for_one_follower():
    progress = Progress()
    all_wait = threading.Barrier(4)

    async def wait() -> bool:
        [waiting] = await begun(progress.passed(5, PATIENCE))
        all_wait.wait(PATIENCE)
        return await waiting

    with ThreadPoolExecutor(3) as threads:
        loops = [threads.submit(asyncio.run, wait()) for _ in range(3)]
        all_wait.wait(PATIENCE)
        progress.reached(5)
        assert [loop.result(PATIENCE) for loop in loops] == [True] * 3


async def test_a_loop_that_was_closed_over_its_waiters_harms_nobody():
    progress = Progress()
    closed = asyncio.new_event_loop()
    abandoned = progress.passed(5, PATIENCE)

    def wait_and_close() -> None:
        task = closed.create_task(begin(abandoned))
        closed.run_until_complete(task)
        closed.close()

    async def begin(waiting: Coroutine[Any, Any, bool]) -> None:
        waiting.send(None)

    from_another_thread(wait_and_close)
    [waiting] = await begun(progress.passed(5, PATIENCE))

    from_another_thread(progress.reached, 5)

    assert await waiting
    with suppress(RuntimeError):
        abandoned.close()


def test_a_loop_that_has_done_its_waiting_is_not_held_on_to():
    progress = Progress()

    async def wait() -> weakref.ref[asyncio.AbstractEventLoop]:
        command: Future[Committed[None]] = Future()
        waiting = await begun(progress.passed(5, PATIENCE), progress.outcome(command, PATIENCE))
        from_another_thread(command.set_result, Committed(None, 5))
        from_another_thread(progress.reached, 5)
        await asyncio.gather(*waiting)
        return weakref.ref(asyncio.get_running_loop())

    loop = asyncio.run(wait())
    gc.collect()
    assert loop() is None


def test_a_thread_waits_for_a_position():
    progress = Progress()
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(progress.wait, 5, PATIENCE)
        progress.reached(4)
        progress.reached(5)
        assert waiting.result(PATIENCE) is True


def test_a_thread_does_not_wait_longer_than_it_said_or_than_makes_sense():
    progress = Progress()
    assert progress.wait(5, 0.01) is False

    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(progress.wait, 5, PATIENCE)
        progress.stopped()
        assert waiting.result(PATIENCE) is False


def test_the_position_is_unknown_at_first():
    progress = Progress()
    assert progress.position == -1

    progress.reached(0)

    assert progress.position == 0
