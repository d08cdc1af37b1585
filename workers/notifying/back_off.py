"""When a notification that was not taken is sent again, and when no more."""

from datetime import timedelta

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=15)

PERSISTENCE = timedelta(hours=12)
"""How long after it was wanted a notification is still tried: over a night, in some 55 attempts."""


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts: twice as long as before, up to a quarter of an hour."""
    pause = FIRST_PAUSE
    for _ in range(1, attempts):
        pause = min(2 * pause, LONGEST_PAUSE)
    return pause
