"""A follower takes every event in order, never skips one, and says so when it can't go on."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

import pytest

from events.audit_account_events import AuditChecksEnabled, AuditRoleChanged
from events.codec import EventMapper, UnreadableEvent
from events.errors import StoreUnavailable
from events.follower import Follower
from events.log import BATCH, EventLog
from events.store.database import SqliteDatabase
from events.store.sqlite import SqliteRecorder, open_sqlite_log
from tests.support.example_events import example
from tests.support.noting_following import NotingFollowing

PATIENCE = 30.0
AWAY = StoreUnavailable("The disk is away.")

Start = Callable[..., Follower]


@pytest.fixture
def following() -> NotingFollowing:
    return NotingFollowing()


@pytest.fixture
def start(log: EventLog, following: NotingFollowing) -> Iterator[Start]:
    started: list[Follower] = []

    def start_one(*, patience: float = PATIENCE, log: EventLog = log, **told: Any) -> Follower:
        follower = Follower(log, following, patience=patience, **told)
        started.append(follower)
        follower.start()
        return follower

    yield start_one
    for follower in started:
        follower.stop()


def append(log: EventLog, count: int = 1) -> int:
    """Append events of a new stream and return the last one's position."""
    stream = uuid4()
    events = [
        example(AuditRoleChanged, version, originator_id=stream, role_arn="r") for version in range(1, count + 1)
    ]
    return log.append(events)[-1]


class TestFollowing:
    def test_what_was_in_the_log_is_taken_in_order(self, log, following, start):
        last = append(log, 3)

        follower = start()

        assert follower.wait_until(last, PATIENCE)
        assert following.taken == log.after(0)
        assert follower.position == last

    def test_what_is_appended_later_is_taken_without_waiting_for_patience_to_end(self, log, following, start):
        follower = start(patience=PATIENCE)
        following.idled.wait(PATIENCE)

        begun = monotonic()
        for _ in range(5):
            assert follower.wait_until(append(log), PATIENCE)
        assert monotonic() - begun < PATIENCE / 2
        assert following.taken == log.after(0)

    def test_what_another_process_appends_is_taken_when_patience_ends(self, path, following, start):
        follower = start(patience=0.01)
        following.idled.wait(PATIENCE)
        other = open_sqlite_log(path)

        last = append(other)

        assert follower.wait_until(last, PATIENCE)
        other.close()

    def test_a_long_log_is_taken_in_bounded_batches(self, log, following, start):
        last = append(log, 2 * BATCH + 1)

        assert start().wait_until(last, PATIENCE)

        assert following.batches == [BATCH, BATCH, 1]

    def test_a_restart_continues_where_the_following_stopped(self, log, following, start):
        first = start()
        first.wait_until(append(log, 2), PATIENCE)
        first.stop()
        last = append(log, 2)

        assert start().wait_until(last, PATIENCE)

        assert following.taken == log.after(0)

    def test_the_stored_position_counts_as_passed_before_anything_is_appended(self, log, start):
        last = append(log, 2)
        start().wait_until(last, PATIENCE)

        assert start().wait_until(last, PATIENCE)

    async def test_coroutines_wait_for_it_too(self, log, start):
        follower = start()

        assert await follower.progress.passed(append(log), PATIENCE)

    def test_the_following_looks_around_again_and_again_while_nothing_happens(self, following, start):
        start(patience=0.001)

        for _ in range(5):
            assert following.idled.wait(PATIENCE)
            following.idled.clear()

    def test_it_looks_around_at_once_only_after_events_that_matter(self, log, following, start):
        follower = start(looking_after={AuditChecksEnabled})
        assert following.idled.wait(PATIENCE)
        following.idled.clear()
        assert follower.wait_until(append(log), PATIENCE)
        last = log.append([example(AuditChecksEnabled, 1, originator_id=uuid4(), check_names=[])])[-1]
        assert follower.wait_until(last, PATIENCE)
        assert following.idled.wait(PATIENCE / 2)
        assert following.looked_after == [0, last]

    def test_nobody_is_disturbed_by_a_stop_without_a_start(self, log, following):
        Follower(log, following).stop()

    def test_stopping_is_quick_and_nobody_waits_for_a_stopped_follower(self, log, following, start):
        follower = start(patience=PATIENCE)
        following.idled.wait(PATIENCE)

        begun = monotonic()
        follower.stop()

        assert not follower.wait_until(append(log), PATIENCE)
        assert monotonic() - begun < PATIENCE / 2
        assert follower.failure is None


class TestPoison:
    """An event that can't be taken."""

    def test_it_stops_the_follower_loudly_and_is_not_skipped(self, log, following, start, caplog):
        before = append(log)
        follower = start()
        follower.wait_until(before, PATIENCE)
        following.poison = log.last_position() + 1

        poison = append(log)
        after = append(log)

        assert not follower.wait_until(after, PATIENCE)
        assert isinstance(follower.failure, ValueError)
        assert str(follower.failure) == f"cannot take {poison}"
        assert follower.position == before
        assert [recorded.position for recorded in following.taken] == [before]
        [told] = [record for record in caplog.records if record.levelno == logging.CRITICAL]
        assert told.getMessage() == f"The follower noting has stopped after position {before}"

    def test_an_event_of_a_newer_version_stops_the_follower(self, path, log, start):
        position = append(log)
        older = EventLog(EventMapper({}, {}), SqliteRecorder(SqliteDatabase(path)))

        follower = start(log=older)

        assert not follower.wait_until(position, PATIENCE)
        assert isinstance(follower.failure, UnreadableEvent)
        follower.stop()
        older.close()

    def test_a_mistake_while_looking_around_stops_the_follower(self, following, start, log):
        follower = start(patience=0.01)
        follower.wait_until(append(log), PATIENCE)

        following.trouble.append(ZeroDivisionError())

        assert not follower.wait_until(log.last_position() + 1, PATIENCE)
        assert isinstance(follower.failure, ZeroDivisionError)


class TestAStoreThatIsAway:
    """It comes back, and nothing was lost."""

    @pytest.mark.parametrize("calls_that_fail", [1, 2])
    def test_at_the_start(self, log, following, start, calls_that_fail):
        last = append(log, 3)
        following.trouble.extend([AWAY] * calls_that_fail)

        follower = start()

        assert follower.wait_until(last, PATIENCE)
        assert following.taken == log.after(0)
        assert follower.failure is None

    def test_while_it_follows(self, log, following, start, caplog):
        follower = start()
        follower.wait_until(append(log), PATIENCE)
        following.idled.wait(PATIENCE)
        following.trouble.extend([AWAY, AWAY])

        last = append(log, 2)

        assert follower.wait_until(last, PATIENCE)
        assert following.taken == log.after(0)
        assert "The follower noting waits 0.1 s: The disk is away." in caplog.messages

    def test_which_had_taken_the_batch_is_not_given_it_again(self, log, following, start):
        following.doubt.append(AWAY)

        assert start().wait_until(append(log, 3), PATIENCE)

        assert following.taken == log.after(0)

    def test_stopping_does_not_wait_for_it(self, following, start):
        following.trouble.extend([AWAY] * 1000)
        follower = start()

        begun = monotonic()
        follower.stop()

        assert monotonic() - begun < PATIENCE / 2
        assert follower.position == -1


def test_a_log_that_is_away_comes_back(path: Path, following: NotingFollowing):
    log = LogThatComesBack(path, calls_that_fail=2)
    follower = Follower(log, following)
    last = append(log, 3)

    follower.start()

    assert follower.wait_until(last, PATIENCE)
    follower.stop()
    log.close()


class LogThatComesBack(EventLog):
    """Can't be read the first few times."""

    def __init__(self, path: Path, calls_that_fail: int) -> None:
        opened = open_sqlite_log(path)
        super().__init__(opened._mapper, opened._recorder)
        self._failing = calls_that_fail

    def batch_after(self, position):
        if self._failing:
            self._failing -= 1
            raise AWAY
        return super().batch_after(position)
