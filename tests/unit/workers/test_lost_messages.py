"""What the dispatcher does about messages that the queue holds no more, and about a queue that is away."""

from pathlib import Path

import pytest

from tests.support.dispatching import EXPIRING, Surroundings
from workers.outbox import MOST_ATTEMPTS
from workers.work_item import PLANNING


@pytest.fixture
def at(tmp_path: Path) -> Surroundings:
    return Surroundings(tmp_path / "work.sqlite")


def look_twice(at: Surroundings) -> None:
    """At the first look it is gone, at the second it has not been reported."""
    at.when()
    at.when()


def test_what_the_queue_holds_is_not_sent_again(at: Surroundings):
    at.when(at.story.started(EXPIRING))
    for _ in range(10):
        at.when()
    assert at.sent_shards() == [PLANNING]


def test_what_the_queue_holds_no_more_is_sent_again(at: Surroundings):
    at.when(at.story.started(EXPIRING))
    at.queue.message_ids.clear()
    look_twice(at)
    assert at.sent_shards() == [PLANNING, PLANNING]


def test_what_is_reported_between_two_looks_was_not_lost(at: Surroundings):
    at.given(at.story.started(EXPIRING), at.story.planned(EXPIRING, shards=1))
    at.queue.message_ids.clear()
    at.when()
    at.when(at.story.shard_completed(EXPIRING, 0))
    at.when()
    assert at.sent == []


def test_each_failure_is_an_attempt(at: Surroundings):
    at.when(at.story.started(EXPIRING))
    look_twice(at)  # from now on the queue's life is known
    while not at.commands:
        at.queue.message_ids.clear()
        look_twice(at)
    assert at.sent_shards() == [PLANNING] * MOST_ATTEMPTS
    assert [sending.attempt for sending in at.queue.sendings] == list(range(1, MOST_ATTEMPTS + 1))


def test_a_queue_that_lost_everything_uses_up_no_attempts(at: Surroundings):
    at.when(at.story.started(EXPIRING))
    for flushed in range(2 * MOST_ATTEMPTS):
        at.queue.message_ids.clear()
        at.queue.life = f"life {flushed}"
        look_twice(at)
    assert at.sent_shards() == [PLANNING] * (2 * MOST_ATTEMPTS + 1)
    assert at.commands == []


def test_a_queue_that_is_away_uses_up_no_attempts_and_is_told_of(at: Surroundings):
    at.queue.is_away = True
    at.when(at.story.started(EXPIRING))
    for _ in range(2 * MOST_ATTEMPTS):
        at.when()
    assert at.dispatcher.queue_failure == "It is away."
    at.queue.is_away = False
    look_twice(at)
    assert not at.dispatcher.queue_failure
    assert [sending.attempt for sending in at.queue.sendings] == [1]
    assert at.commands == []


def test_two_dispatchers_on_the_same_tables_do_not_send_the_same(at: Surroundings):
    first = at.dispatcher
    at.start()
    recorded = at.story.started(EXPIRING)
    for dispatcher in (first, at.dispatcher):
        dispatcher.take(recorded, recorded[-1].position)
        dispatcher.idle()
    assert at.sent_shards() == [PLANNING]
