"""A clock that stands still until it is told to move: for those who test what a fleet's audits set off."""

from datetime import datetime

from events.errors import InvalidRequest


class ManualClock:
    """Tells the same moment until it is moved, and never an earlier one after a later one."""

    def __init__(self, now: datetime) -> None:
        """Stand at a moment in UTC, of which everything below a millisecond is cut off."""
        self._now = _in_milliseconds(now)

    def now(self) -> datetime:
        """Return the moment that the clock stands at."""
        return self._now

    def move_to(self, moment: datetime) -> None:
        """Stand at another moment from now on; refuse an earlier one."""
        if moment < self._now:
            raise InvalidRequest(
                f"The clock stands at {self._now.isoformat()} and can't go back to {moment.isoformat()}."
            )
        self._now = _in_milliseconds(moment)


def _in_milliseconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
