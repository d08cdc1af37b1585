"""A clock that stands still until it is told to move."""

from datetime import UTC, datetime, timedelta


class FakeClock:
    """Passes the contract tests of `events.clock.Clock`, and can be moved."""

    def __init__(self, now: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self._now = now

    def now(self) -> datetime:
        """Return the moment that the clock stands at."""
        return self._now

    def advance(self, by: timedelta) -> None:
        """Move the clock forward."""
        self._now += by

    def move_to(self, moment: datetime) -> datetime:
        """Move the clock to a moment, and return that."""
        self._now = moment
        return moment
