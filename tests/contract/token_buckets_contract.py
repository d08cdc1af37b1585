"""What every kind of token buckets keeps, by a clock that nobody moves."""

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator

import pytest

from service.access.token_buckets import Buckets

LONGEST = 10.0

DESCRIBE = ("111122223333", "DescribeAuditTask")
START = ("111122223333", "StartOnDemandAuditTask")
OF_ANOTHER = ("444455556666", "DescribeAuditTask")


class TokenBucketsContract(ABC):
    """Subclasses say where buckets come from."""

    @pytest.fixture
    @abstractmethod
    def buckets(self) -> AsyncIterator[Buckets]:
        """Buckets that nobody has drawn from."""

    async def test_a_bucket_that_is_empty_says_when_it_will_not_be(self, buckets):
        assert await buckets.take(DESCRIBE, 1) == 0
        assert 0 < await buckets.take(DESCRIBE, 1) <= 1

    async def test_accounts_and_operations_have_their_own(self, buckets):
        assert await buckets.take(DESCRIBE, 1) == 0
        assert await buckets.take(START, 1) == 0
        assert await buckets.take(OF_ANOTHER, 1) == 0

    async def test_what_has_waited_is_let_in(self, buckets):
        assert await buckets.take(DESCRIBE, 4) == 0
        async with asyncio.timeout(LONGEST):
            while not await buckets.take(DESCRIBE, 4):
                pass
            while await buckets.take(DESCRIBE, 4):
                pass

    @pytest.mark.parametrize("rate", [40, 400])
    async def test_a_full_bucket_is_a_second_ahead_and_no_more(self, buckets, rate):
        began = time.monotonic()
        let_in = 0
        async with asyncio.timeout(LONGEST):
            while let_in < 1.5 * rate:
                let_in += not await buckets.take(DESCRIBE, rate)
                await asyncio.sleep(0)
        seconds = time.monotonic() - began
        assert seconds >= 0.45
        assert not await buckets.take(OF_ANOTHER, rate)

    async def test_many_at_once_get_no_more_than_there_is(self, buckets):
        began = time.monotonic()
        waits = await asyncio.gather(*(buckets.take(DESCRIBE, 100) for _ in range(300)))
        seconds = time.monotonic() - began
        assert 100 <= waits.count(0) <= 100 * (1 + seconds) + 1
