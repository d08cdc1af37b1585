"""Waiting for a command and for the follower to pass it, in one go."""

import asyncio
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from typing import Any

import pytest

from events.committer import Committed
from events.errors import NotFound
from events.progress import Progress
from tests.support.event_loops import PATIENCE, CountingLoop, begun, from_another_thread, run_in

Command = Future[Committed[str]]


@pytest.fixture
def progress() -> Progress:
    made = Progress()
    made.reached(4)
    return made


def land(*commands: Command, position: int = 5) -> None:
    """As the committer does at the end of a group."""
    for command in commands:
        command.set_result(Committed("done", position))


async def test_a_command_is_waited_for_until_it_is_passed(progress):
    command = Command()
    [waiting] = await begun(progress.outcome(command, PATIENCE))

    from_another_thread(land, command)
    await asyncio.sleep(0)
    assert not waiting.done()
    from_another_thread(progress.reached, 5)

    assert await waiting == Committed("done", 5)


async def test_a_command_that_is_in_the_log_already_is_waited_for_until_it_is_passed(progress):
    command = Command()
    land(command)
    [waiting] = await begun(progress.outcome(command, PATIENCE))
    assert not waiting.done()

    from_another_thread(progress.reached, 5)

    assert await waiting == Committed("done", 5)


async def test_a_command_that_lands_where_the_follower_has_passed_is_not_waited_for_longer(progress):
    command = Command()
    [waiting] = await begun(progress.outcome(command, PATIENCE))

    from_another_thread(lambda: land(command, position=4))

    assert await waiting == Committed("done", 4)


async def test_a_refusal_is_raised_at_once(progress):
    command = Command()
    [waiting] = await begun(progress.outcome(command, PATIENCE))

    from_another_thread(command.set_exception, NotFound("No."))

    with pytest.raises(NotFound, match="No"):
        await waiting


async def test_a_refusal_is_raised_at_once_even_before_the_follower_knows_where_it_is():
    command = Command()
    [waiting] = await begun(Progress().outcome(command, PATIENCE))

    from_another_thread(command.set_exception, NotFound("No."))

    with pytest.raises(NotFound, match="No"):
        await waiting


async def test_a_follower_that_lags_is_waited_for_with_patience_only(progress):
    command = Command()
    land(command)

    assert await progress.outcome(command, 0.01) == Committed("done", 5)


async def test_a_command_that_takes_long_is_waited_for_when_patience_has_ended(progress):
    command = Command()
    [waiting] = await begun(progress.outcome(command, 0))
    await begun(asyncio.sleep(0, result=True))

    from_another_thread(land, command)

    assert await waiting == Committed("done", 5)


async def test_behind_a_follower_that_has_stopped_only_the_command_is_waited_for(progress):
    before, after = Command(), Command()
    [waiting] = await begun(progress.outcome(before, PATIENCE))
    from_another_thread(progress.stopped)
    [later] = await begun(progress.outcome(after, PATIENCE))

    from_another_thread(land, before, after)

    assert await waiting == await later == Committed("done", 5)


async def test_who_is_cancelled_withdraws_the_command(progress):
    command = Command()
    [waiting] = await begun(progress.outcome(command, PATIENCE))

    waiting.cancel()

    with suppress(asyncio.CancelledError):
        await waiting
    assert waiting.cancelled()
    assert command.cancelled()


async def test_who_is_cancelled_too_late_to_withdraw_it_harms_nobody(progress):
    too_late, other = Command(), Command()
    too_late.set_running_or_notify_cancel()
    [cancelled, waiting] = await begun(progress.outcome(too_late, PATIENCE), progress.outcome(other, PATIENCE))
    cancelled.cancel()
    with suppress(asyncio.CancelledError):
        await cancelled

    from_another_thread(land, too_late, other)
    from_another_thread(progress.reached, 5)

    assert await waiting == Committed("done", 5)


async def test_a_command_that_somebody_else_cancels_is_cancelled_here_too(progress):
    command = Command()
    [waiting] = await begun(progress.outcome(command, PATIENCE))

    command.cancel()

    with pytest.raises(CancelledError):
        await waiting


@pytest.mark.parametrize("lands_first", [True, False])
def test_however_many_commands_a_group_has_the_loop_is_woken_once(progress, lands_first):
    loop = CountingLoop()
    commands = [Command() for _ in range(100)]
    happening = [lambda: land(*commands), lambda: progress.reached(5)]

    async def many() -> Any:
        waiting = await begun(*[progress.outcome(command, PATIENCE) for command in commands])
        for happens in happening if lands_first else reversed(happening):
            from_another_thread(happens)
        return await asyncio.gather(*waiting)

    assert run_in(loop, many()) == [Committed("done", 5)] * 100
    assert loop.wake_ups == 1


def test_a_loop_that_was_closed_over_its_waiters_harms_nobody(progress):
    commands = [Command(), Command()]
    closed = asyncio.new_event_loop()
    abandoned = [progress.outcome(command, PATIENCE) for command in commands]

    async def begin() -> None:
        for each in abandoned:
            each.send(None)

    closed.run_until_complete(begin())
    closed.close()

    from_another_thread(land, *commands)
    from_another_thread(progress.reached, 5)

    assert progress.position == 5
    for each in abandoned:
        with suppress(RuntimeError):
            each.close()
