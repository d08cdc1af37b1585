"""Token buckets in Redis, which every front end draws from.

To ask Redis for each request would cost as much as answering it. So a front end takes a handful of tokens at a
time, a fiftieth of a second's, and an empty bucket is not asked again before it has a token. While Redis is away,
or slow, requests pass: whoever may call an operation must not be kept from it by what counts the calls.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import redis.asyncio
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from service.access.token_buckets import MOST_BUCKETS, SECONDS_OF_BURST, Key

logger = logging.getLogger(__name__)

PATIENCE = 0.1
"""Seconds that requests wait for Redis, at most."""

LEFT_ALONE = 1.0
"""Seconds for which a Redis that did not answer is not asked again."""

HANDFULS_A_SECOND = 50

PREFIX = "fleet-audit:tokens"

TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local a_token, burst, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local full_at = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
local there = math.floor((now + burst - full_at) / a_token + 0.000001)
if there < 1 then
  return {0, math.ceil(full_at + a_token - now - burst)}
end
local taken = math.min(there, wanted)
full_at = full_at + taken * a_token
redis.call('SET', KEYS[1], string.format('%.3f', full_at), 'PX', math.ceil((full_at - now) / 1000) + 1)
return {taken, 0}
"""
"""Takes up to `wanted` tokens; answers how many, and if none, the microseconds until there is one.

All that is kept is the moment at which the bucket is full, by Redis's clock; it goes when it is over. See
`token_buckets`.
"""


@dataclass
class _Handful:
    """Tokens that were taken for requests to come."""

    tokens: int = 0
    empty_until: float = 0.0
    """Until when the bucket has no more."""
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)


class SharedBuckets:
    """Buckets in the Redis at a URL, by the promise of `Buckets`. It connects when it is used.

    `now` tells seconds, and never goes back; `passed` is called for each request that passed since Redis did not
    answer.
    """

    def __init__(
        self, url: str, now: Callable[[], float], passed: Callable[[], None], patience: float = PATIENCE
    ) -> None:
        self._now = now
        self._patience = patience
        self._passed = passed
        self._left_alone_until = 0.0
        self._handfuls: dict[Key, _Handful] = {}
        self._client = redis.asyncio.Redis.from_url(
            url, socket_connect_timeout=patience, socket_timeout=patience, retry=Retry(NoBackoff(), 0)
        )
        self._script = self._client.register_script(TAKE)

    async def take(self, key: Key, rate: int) -> float:
        """Take a token; return 0, or the seconds until there is one."""
        handful = self._handfuls.get(key) or self._new_handful(key)
        if not handful.tokens:
            async with handful.asking:
                wait = await self._refill(handful, key, rate)
            if wait or not handful.tokens:
                return wait
        handful.tokens -= 1
        return 0.0

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _refill(self, handful: _Handful, key: Key, rate: int) -> float:
        """See that there are tokens. Without any, return the seconds to wait, or 0 to let the request pass."""
        now = self._now()
        if handful.tokens:
            return 0.0  # another request has asked meanwhile
        if now < handful.empty_until:
            return handful.empty_until - now
        if now < self._left_alone_until:
            self._passed()
            return 0.0
        try:
            async with asyncio.timeout(self._patience):
                handful.tokens, microseconds = await self._ask(key, rate)
        except (RedisError, OSError, TimeoutError) as error:
            self._leave_alone(error)
            return 0.0
        wait: float = microseconds / 1e6
        handful.empty_until = self._now() + wait
        return wait

    async def _ask(self, key: Key, rate: int) -> Any:
        numbers = (1e6 / rate, SECONDS_OF_BURST * 1e6, max(1, rate // HANDFULS_A_SECOND))
        return await self._script(keys=[":".join((PREFIX, *key))], args=numbers)

    def _leave_alone(self, error: Exception) -> None:
        logger.warning("Requests pass unthrottled for %s s: Redis does not answer (%r).", LEFT_ALONE, error)
        self._left_alone_until = self._now() + LEFT_ALONE
        self._passed()

    def _new_handful(self, key: Key) -> _Handful:
        if len(self._handfuls) >= MOST_BUCKETS:
            del self._handfuls[next(iter(self._handfuls))]
        handful = self._handfuls[key] = _Handful()
        return handful
