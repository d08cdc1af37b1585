"""The time that an audit of connections looks at.

Source: AWS IoT Device Defender developer guide, the pages of the two checks of connections.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from events.vocabulary import AuditTaskType

LONGEST_LOOK_BACK = timedelta(days=31)


@dataclass(frozen=True)
class Window:
    """From `since` to just before `until`."""

    since: datetime
    until: datetime
    lasting_since: datetime
    """A connection whose end is not known counts if it began then or later: its end may have been lost."""


def known_in_part(window: Window | None, known_since: datetime | None) -> list[str]:
    """What the message of a check says when connections are known of a part of its window only."""
    if window is None or known_since is None or known_since <= window.since:
        return []
    since, known = f"{window.since:%Y-%m-%dT%H:%MZ}", f"{known_since:%Y-%m-%dT%H:%MZ}"
    return [f"The account's connections are known since {known} only; the check looks at those since {since}."]


@dataclass(frozen=True)
class LookBack:
    """How a check looks back."""

    delay: timedelta = timedelta(0)
    """So long before the audit begins what it looks at ends."""

    def window(self, task_type: AuditTaskType, started_at: datetime, last_run: datetime | None) -> Window:
        """What an audit looks at: 31 days, or what came since the last run of the same scheduled audit.

        `last_run` is when that began; None of the first one, which looks back as an on-demand audit does. What is
        longer ago than 31 days is not looked at: a monthly audit never has to, and it may have been pruned.
        """
        until = started_at - self.delay
        lasting_since = started_at - LONGEST_LOOK_BACK
        if task_type is AuditTaskType.ON_DEMAND or last_run is None:
            return Window(lasting_since, until, lasting_since)
        since = max(last_run, lasting_since) - self.delay
        return Window(since, until, min(since, lasting_since))
