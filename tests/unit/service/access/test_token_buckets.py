from hypothesis import given
from hypothesis import strategies as st

from service.access.token_buckets import BucketsOfAProcess

KEY = ("111122223333", "DescribeAuditTask")


class Time:
    now = 50.0

    def __call__(self) -> float:
        return self.now


async def test_five_at_once_then_one_every_fifth_of_a_second():
    time = Time()
    buckets = BucketsOfAProcess(time)
    assert [await buckets.take(KEY, 5) for _ in range(5)] == [0] * 5
    assert round(await buckets.take(KEY, 5), 6) == 0.2
    time.now += 0.15
    assert round(await buckets.take(KEY, 5), 6) == 0.05
    time.now += 0.05
    assert await buckets.take(KEY, 5) == 0
    assert round(await buckets.take(KEY, 5), 6) == 0.2
    time.now += 3600
    assert [await buckets.take(KEY, 5) for _ in range(5)] == [0] * 5
    assert await buckets.take(KEY, 5) > 0


@given(
    rate=st.integers(1, 2_500),
    pauses=st.lists(st.floats(0, 3, allow_nan=False), min_size=1, max_size=60),
)
async def test_never_more_than_a_full_bucket_and_what_has_come_since(rate, pauses):
    time = Time()
    buckets = BucketsOfAProcess(time)
    began, let_in = time.now, 0
    for pause in pauses:
        time.now += pause
        for _ in range(min(rate, 20)):
            let_in += not await buckets.take(KEY, rate)
        assert let_in <= rate * (1 + time.now - began) + 1e-3


async def test_who_waits_as_long_as_he_was_told_is_let_in():
    time = Time()
    buckets = BucketsOfAProcess(time)
    for rate in (1, 3, 7, 10, 25, 999):
        key = ("1", str(rate))
        for _ in range(2 * rate):
            while wait := await buckets.take(key, rate):
                time.now += wait
        assert await buckets.take(key, rate) > 0


async def test_its_memory_is_bounded():
    time = Time()
    buckets = BucketsOfAProcess(time, most=3)
    for number in range(100):
        await buckets.take((str(number), "x"), 1)
    assert len(buckets) == 3
    assert await buckets.take(("99", "x"), 1) > 0
    time.now += 1
    await buckets.take(("new", "x"), 1)
    assert len(buckets) == 1
