"""Who listens for the bell misses no ring, and never waits for ever."""

import threading
from time import monotonic

from events.bell import Bell

PATIENCE = 30.0


def test_a_ring_since_the_last_look_is_not_missed():
    bell = Bell()
    seen = bell.rings
    bell.ring()

    begun = monotonic()
    assert bell.wait(seen, PATIENCE) == seen + 1
    assert monotonic() - begun < PATIENCE / 2


def test_without_a_ring_waiting_ends_with_its_time():
    bell = Bell()

    assert bell.wait(bell.rings, 0.01) == bell.rings


def test_one_ring_wakes_everybody():
    bell = Bell()
    seen = bell.rings
    heard: list[int] = []
    listening = [threading.Thread(target=lambda: heard.append(bell.wait(seen, PATIENCE))) for _ in range(3)]
    for each in listening:
        each.start()

    bell.ring()

    for each in listening:
        each.join(PATIENCE)
    assert heard == [seen + 1] * 3
