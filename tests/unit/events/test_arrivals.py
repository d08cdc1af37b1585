"""What other threads have finished arrives in the event loop, all of it with one wake-up."""

import asyncio
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

import pytest

from events.arrivals import Arrivals
from events.errors import NotFound
from tests.support.event_loops import CountingLoop, begun, from_another_thread, run_in


def resolve(futures: list[Future[Any]]) -> None:
    for number, future in enumerate(futures):
        future.set_result(number)


async def test_a_result_that_is_there_already_does_not_suspend():
    future: Future[str] = Future()
    future.set_result("there")

    waiting = Arrivals(asyncio.get_running_loop()).of(future)

    with pytest.raises(StopIteration) as finished:
        waiting.send(None)
    assert finished.value.value == "there"


def test_however_many_results_arrive_together_they_wake_the_loop_once():
    loop = CountingLoop()
    futures: list[Future[int]] = [Future() for _ in range(100)]

    async def many() -> list[int]:
        arrivals = Arrivals(loop)
        waiting = await begun(*[arrivals.of(future) for future in futures])
        from_another_thread(resolve, futures)
        return await asyncio.gather(*waiting)

    assert run_in(loop, many()) == list(range(100))
    assert loop.wake_ups == 1


def test_what_arrives_later_wakes_the_loop_again():
    loop = CountingLoop()

    async def one_after_the_other() -> None:
        arrivals = Arrivals(loop)
        for _ in range(3):
            future: Future[int] = Future()
            [waiting] = await begun(arrivals.of(future))
            from_another_thread(resolve, [future])
            assert await waiting == 0

    run_in(loop, one_after_the_other())
    assert loop.wake_ups == 3


async def test_what_the_other_thread_raised_is_raised_here():
    future: Future[None] = Future()
    [waiting] = await begun(Arrivals(asyncio.get_running_loop()).of(future))

    from_another_thread(future.set_exception, NotFound("No."))

    with pytest.raises(NotFound, match="No"):
        await waiting


async def test_who_is_cancelled_withdraws_what_it_waited_for():
    future: Future[None] = Future()
    [waiting] = await begun(Arrivals(asyncio.get_running_loop()).of(future))

    waiting.cancel()

    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert future.cancelled()


async def test_who_is_cancelled_too_late_to_withdraw_it_harms_nobody():
    arrivals = Arrivals(asyncio.get_running_loop())
    begun_already: Future[int] = Future()
    begun_already.set_running_or_notify_cancel()
    other: Future[int] = Future()
    [cancelled, waiting] = await begun(arrivals.of(begun_already), arrivals.of(other))
    cancelled.cancel()
    with suppress(asyncio.CancelledError):
        await cancelled

    from_another_thread(resolve, [begun_already, other])

    assert await waiting == 1


def test_a_result_for_a_loop_that_is_closed_harms_nobody():
    futures: list[Future[int]] = [Future(), Future()]
    loop = asyncio.new_event_loop()
    abandoned = [Arrivals(loop).of(future) for future in futures]

    async def begin() -> None:
        for each in abandoned:
            each.send(None)

    loop.run_until_complete(begin())
    loop.close()

    from_another_thread(resolve, futures)

    assert [future.result() for future in futures] == [0, 1]
    for each in abandoned:
        with suppress(RuntimeError):
            each.close()
