"""Followers that go side by side have each event read once, and nobody misses one."""

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pytest

from events.bell import Bell
from events.log import Recorded
from events.recent_events import FRESH, RecentEvents, Weighed

if TYPE_CHECKING:
    from events.event import Event

MOST = 10
EVENT = cast("Event", None)


@dataclass
class Reading:
    """A log of positions, whose readings are noted."""

    bell: Bell = field(default_factory=Bell)
    positions: list[int] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)
    now: float = 0.0

    def append(self, *positions: int, rings: bool = True) -> None:
        self.positions += positions
        if rings:
            self.bell.ring()

    def __call__(self, position: int) -> tuple[list[Weighed], bool]:
        self.asked.append(position)
        all_of_them = [each for each in self.positions if each > position]
        found = all_of_them[:MOST]
        return [Weighed(Recorded(each, EVENT), 1) for each in found], len(found) == len(all_of_them) < MOST


@pytest.fixture
def log() -> Reading:
    return Reading()


def recent(log: Reading, **limits: int) -> Any:
    events = RecentEvents(
        log, log.bell, monotonic=lambda: log.now, **{"most": MOST, "most_bytes": 1_000, **limits}
    )

    def after(position: int, limit: int = MOST) -> tuple[list[int], bool]:
        recorded, is_last = events.after(position, limit)
        return [each.position for each in recorded], is_last

    return after


def test_what_one_follower_has_read_others_are_given(log):
    log.append(1, 2, 3)
    after = recent(log)
    assert [after(0), after(1), after(2)] == [([1, 2, 3], True), ([2, 3], True), ([3], True)]
    assert log.asked == [0]


def test_after_a_ring_only_what_is_new_is_read(log):
    log.append(1, 2)
    after = recent(log)
    after(0)
    log.append(3)
    assert [after(2), after(0)] == [([3], True), ([1, 2, 3], True)]
    assert log.asked == [0, 2]


def test_at_the_end_it_looks_again_though_nothing_rang(log):
    after = recent(log)
    assert after(0) == ([], True)
    log.append(1, rings=False)
    assert after(0) == ([], True)
    log.now = FRESH
    assert after(0) == ([1], True)


def test_a_batch_that_is_cut_short_is_not_the_last(log):
    log.append(*range(1, MOST + 3))
    after = recent(log)
    assert after(0) == (list(range(1, MOST + 1)), False)
    assert after(MOST) == ([MOST + 1, MOST + 2], True)
    assert after(MOST, limit=1) == ([MOST + 1], False)


def test_one_that_lags_behind_what_is_kept_reads_on_its_own(log):
    log.append(*range(1, MOST + 3))
    after = recent(log)
    after(0)
    after(MOST)
    assert after(0) == (list(range(1, MOST + 1)), False)
    assert log.asked == [0, MOST, 0]
    after(MOST + 1)
    assert log.asked == [0, MOST, 0]


def test_no_more_is_kept_than_the_limits_say(log):
    after = recent(log, most_bytes=2)
    for position in range(1, 6):
        log.append(position)
        after(position - 1)
    assert after(3) == ([4, 5], True)
    asked = len(log.asked)
    assert after(2) == ([3, 4, 5], False)
    assert len(log.asked) == asked + 1


def test_one_that_is_ahead_of_all_begins_anew(log):
    log.append(1, 2)
    after = recent(log)
    after(0)
    log.append(7, 8, rings=False)
    assert after(7) == ([8], True)
    assert after(2) == ([7, 8], False)


def test_what_can_not_be_read_is_asked_for_again(log):
    failing = [ValueError("damaged")]

    def read(position: int) -> Any:
        if failing:
            raise failing.pop()
        return log(position)

    log.append(1)
    events = RecentEvents(read, log.bell, most=MOST, most_bytes=10)
    with pytest.raises(ValueError, match="damaged"):
        events.after(0, MOST)
    assert events.after(0, MOST).recorded[0].position == 1


def test_many_threads_miss_nothing(log):
    after = recent(log)
    taken: list[list[int]] = [[] for _ in range(4)]

    def follow(mine: list[int]) -> None:
        while not mine or mine[-1] < 500:
            rings = log.bell.rings
            positions, is_last = after(mine[-1] if mine else 0)
            mine += positions
            if is_last:
                log.bell.wait(rings, 10.0)

    threads = [threading.Thread(target=follow, args=(mine,)) for mine in taken]
    for thread in threads:
        thread.start()
    for position in range(1, 501):
        log.append(position)
    for thread in threads:
        thread.join(30.0)
    assert taken == [list(range(1, 501))] * 4
