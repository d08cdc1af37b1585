"""Where the time of day comes from: an argument everywhere, a clock at the edge."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time, in UTC and whole milliseconds."""

    def now(self) -> datetime:
        """Return the present moment."""
        ...


class SystemClock:
    """The computer's own clock.

    Whole milliseconds, because that is what the API shows: a time read from an answer and sent back in a
    filter must find the very thing it was read from.
    """

    def now(self) -> datetime:
        """Return the present moment, with everything below a millisecond cut off."""
        moment = datetime.now(UTC)
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def epoch_milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970, which is how tables keep times."""
    return round(moment.timestamp() * 1000)


def from_epoch_milliseconds(milliseconds: int) -> datetime:
    """The moment that `epoch_milliseconds` was made of."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
