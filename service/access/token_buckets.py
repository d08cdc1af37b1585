"""Token buckets: how many requests have been let in lately, and whether one more may be.

A bucket holds as many requests as its rate lets in within a second, and fills up at that rate. All that is kept of
it is one number, the moment at which it will be full: it is later by a token's time with each that is taken, and a
request that would make it later than a whole bucket's time must wait. Source: ITU-T I.371, "virtual scheduling",
which is the same as a bucket that is filled drop by drop.
"""

from collections.abc import Callable
from typing import Protocol

SECONDS_OF_BURST = 1.0
"""What a full bucket holds, in seconds of its rate. AWS says nothing of bursts for these operations."""

MOST_BUCKETS = 10_000
"""Kept at once. One that is full again is as good as none, and makes room."""

Key = tuple[str, str]
"""An account and an operation."""


class Buckets(Protocol):
    """Buckets by account and operation."""

    async def take(self, key: Key, rate: int) -> float:
        """Take a token from a bucket of this rate, in tokens a second.

        Return 0 if there was one, else the seconds until there will be. It does not fail: what can't be asked
        about is let in.
        """
        ...

    async def close(self) -> None:
        """Let go of what is held."""
        ...


class BucketsOfAProcess:
    """Buckets in memory. `now` tells seconds, and never goes back."""

    def __init__(self, now: Callable[[], float], most: int = MOST_BUCKETS) -> None:
        self._now = now
        self._most = most
        self._full_at: dict[Key, float] = {}

    async def take(self, key: Key, rate: int) -> float:
        """As promised by `Buckets`."""
        now = self._now()
        full_at = max(self._full_at.get(key, now), now) + 1 / rate
        wait = full_at - now - SECONDS_OF_BURST
        if wait > _ROUNDING:
            return wait
        if len(self._full_at) >= self._most and key not in self._full_at:
            self._make_room(now)
        self._full_at[key] = full_at
        return 0.0

    async def close(self) -> None:
        """There is nothing to let go of."""

    def __len__(self) -> int:
        return len(self._full_at)

    def _make_room(self, now: float) -> None:
        """Forget the buckets that are full again; if none is, the one that has been there longest."""
        left = {key: full_at for key, full_at in self._full_at.items() if full_at > now}
        if len(left) >= self._most:
            del left[next(iter(left))]
        self._full_at = left


_ROUNDING = 1e-9
"""Seconds: the last token of a bucket must not be lost to the rounding of sums."""
