import time

import pytest

from service.access.shared_token_buckets import SharedBuckets
from service.access.token_buckets import BucketsOfAProcess
from tests.contract.token_buckets_contract import DESCRIBE, TokenBucketsContract


class TestBucketsOfAProcess(TokenBucketsContract):
    @pytest.fixture
    async def buckets(self):
        return BucketsOfAProcess(time.monotonic)


class TestSharedBuckets(TokenBucketsContract):
    @pytest.fixture
    async def buckets(self, redis_server):
        shared = SharedBuckets(redis_server.url, time.monotonic, _must_not_pass, patience=10.0)
        yield shared
        await shared.close()

    async def test_two_front_ends_draw_from_the_same(self, buckets, redis_server):
        other = SharedBuckets(redis_server.url, time.monotonic, _must_not_pass, patience=10.0)
        assert await buckets.take(DESCRIBE, 1) == 0
        assert await other.take(DESCRIBE, 1) > 0
        await other.close()

    async def test_a_bucket_that_is_full_again_is_gone(self, buckets, redis_server):
        await buckets.take(DESCRIBE, 10)
        with redis_server.client() as looking:
            assert 0 < looking.pttl("fleet-audit:tokens:111122223333:DescribeAuditTask") <= 101

    async def test_a_redis_that_lost_all_has_full_buckets(self, buckets, redis_server):
        assert await buckets.take(DESCRIBE, 1) == 0
        with redis_server.client() as spoiling:
            spoiling.flushall()
            spoiling.script_flush()
        assert await buckets.take(("111122223333", "ListAuditTasks"), 1) == 0


def _must_not_pass() -> None:
    raise AssertionError("Redis was not asked")
