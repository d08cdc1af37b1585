"""The rows of a shard on their way to a check."""

from collections.abc import Callable, Iterator
from itertools import chain, islice

from workers.inventory.rows import Row

ROWS_BETWEEN_LOOKS = 100
"""A row is judged in less than a millisecond, so the clock is looked at some ten times a second or more."""

SECONDS_BETWEEN_LOOKS = 0.25
"""So that a canceled audit stops working within a second, and an audit does not read the log all the time."""


class WatchedRows:
    """Hands out rows, counts resources, and breaks off when nobody wants the result any more."""

    def __init__(
        self,
        rows: Iterator[Row],
        is_wanted: Callable[[], bool],
        monotonic: Callable[[], float],
        *,
        key_at: int | None = None,
    ) -> None:
        """Each row is a resource; with `key_at`, rows in a sequence that have the same value there are one."""
        self._rows = rows
        self._key_at = key_at
        self._last_key: object = None
        self._is_wanted = is_wanted
        self._monotonic = monotonic
        self.examined = 0
        self.is_broken_off = False
        """Whether rows were left out, so that what the check said means nothing."""

    def __iter__(self) -> Iterator[Row]:
        """Iterate once. From batches, because a Python frame for each row would cost more than most checks do."""
        return chain.from_iterable(self._batches())

    def _batches(self) -> Iterator[list[Row]]:
        next_look = self._monotonic() + SECONDS_BETWEEN_LOOKS
        while batch := list(islice(self._rows, ROWS_BETWEEN_LOOKS)):
            if self._monotonic() >= next_look:
                next_look = self._monotonic() + SECONDS_BETWEEN_LOOKS
                self.is_broken_off = not self._is_wanted()
            if self.is_broken_off:
                return
            self.examined += len(batch) if self._key_at is None else self._new_keys(batch, self._key_at)
            yield batch

    def _new_keys(self, batch: list[Row], key_at: int) -> int:
        keys = {row[key_at] for row in batch}
        known = self._last_key in keys
        self._last_key = batch[-1][key_at]
        return len(keys) - known
