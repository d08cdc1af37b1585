"""Nobody is kept out, nor made to wait, because what counts the requests is away."""

import time

import pytest

from service.access.shared_token_buckets import LEFT_ALONE, PATIENCE, SharedBuckets
from tests.contract.token_buckets_contract import DESCRIBE, START
from tests.support.redis_server import RedisServer

MOST = 20 * PATIENCE
"""Seconds: a busy machine takes its time, and a request that waited for Redis for good would take longer."""


class Passed:
    """Counts the requests that nobody counted."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


class Time:
    """The time of the front end, moved by hand."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def passed():
    return Passed()


@pytest.fixture
def clock():
    return Time()


@pytest.fixture
async def buckets(redis_server, clock, passed):
    shared = SharedBuckets(redis_server.url, clock, passed)
    yield shared
    await shared.close()


async def takes(buckets, key, count):
    began = time.monotonic()
    waits = [await buckets.take(key, 1) for _ in range(count)]
    return waits, time.monotonic() - began


@pytest.mark.parametrize("fault", [RedisServer.kill, RedisServer.pause])
async def test_requests_pass_while_redis_is_away_or_hangs(buckets, redis_server, clock, passed, fault, caplog):
    assert await buckets.take(DESCRIBE, 1) == 0
    fault(redis_server)
    clock.now += 1
    waits, seconds = await takes(buckets, DESCRIBE, 200)
    assert waits == [0] * 200
    assert seconds < MOST
    waits, seconds = await takes(buckets, START, 200)
    assert waits == [0] * 200
    assert seconds < MOST
    assert passed.count == 400
    assert len([each for each in caplog.messages if "unthrottled" in each]) == 1


@pytest.mark.parametrize(
    ("fault", "end"), [(RedisServer.kill, RedisServer.start), (RedisServer.pause, RedisServer.go_on)]
)
async def test_they_are_counted_again_when_it_is_back(buckets, redis_server, clock, passed, fault, end):
    fault(redis_server)
    assert (await takes(buckets, DESCRIBE, 10))[0] == [0] * 10
    end(redis_server)
    clock.now += LEFT_ALONE
    waits, _ = await takes(buckets, START, 2)
    assert waits[0] == 0
    assert waits[1] > 0
    assert passed.count == 10


async def test_a_redis_that_is_full_or_read_only_is_as_good_as_away(buckets, redis_server, passed):
    with redis_server.client() as spoiling:
        spoiling.config_set("maxmemory", "1")
        waits, _ = await takes(buckets, DESCRIBE, 10)
    assert waits == [0] * 10
    assert passed.count == 10
