"""How the presence feed is, for the log and for whoever watches over the service."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from aiomqtt import MqttError

from events.clock import Clock
from events.errors import StoreUnavailable

QUIET = 60.0
"""Seconds that pass between two words about messages that are no presence events."""

LONGEST_TOPIC = 200
"""Characters of a topic in the log. Whoever publishes chooses it."""

EXPECTED = (MqttError, OSError, StoreUnavailable)
"""What can happen to a connection. Of anything else the log has the traceback."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class FeedState:
    """What is known of the feed. Counts are since the start of the process."""

    broker: str
    """Its host and port."""
    state: Literal["off", "connecting", "connected"] = "off"
    """`off`: nothing is to be collected."""
    problem: str | None = None
    """Why it is not connected, or does not record; None while all is well."""
    recorded: int = 0
    """Events, also those that came more than once."""
    rejected: int = 0
    """Messages that are no presence events."""
    dropped: int = 0
    """Messages for which there was no place. Of QoS 1 they come again."""
    last_event_at: datetime | None = None
    """When events were last recorded."""


class FeedReport:
    """Keeps the state and writes the log. Called by the feed's thread; `state` may be read by any."""

    def __init__(self, broker: str, clock: Clock, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.state = FeedState(broker)
        self._clock = clock
        self._monotonic = monotonic
        self._failures = 0
        self._rejected_said = 0
        self._quiet_until = float("-inf")

    def off(self) -> None:
        """Nothing is to be collected."""
        self._failures = 0
        self._set(state="off", problem=None)
        logger.info("The presence feed is off: no check that is enabled needs it.")

    def connecting(self) -> None:
        """It is being connected; what was wrong stays known until that has succeeded."""
        self._set(state="connecting")

    def connected(self) -> None:
        """The broker has taken the subscription."""
        self._failures = 0
        self._set(state="connected", problem=None)
        logger.info("The presence feed is connected to %s.", self.state.broker)

    def failed(self, error: Exception) -> None:
        """The connection did not come about, or broke. Said at the 1st, 2nd, 4th, 8th ... failure in a row."""
        self._failures += 1
        self._set(state="connecting", problem=_text(error))
        if self._failures & (self._failures - 1) == 0:
            logger.warning(
                "The presence feed is not connected to %s: %s",
                self.state.broker,
                _text(error),
                exc_info=None if isinstance(error, EXPECTED) else error,
            )

    def store_unavailable(self, error: Exception) -> None:
        """Events can't be recorded for now."""
        self._set(problem=_text(error))
        logger.warning("The presence feed waits for its store: %s", error)

    def recorded(self, events: int) -> None:
        """Events are in the store."""
        if events:
            self._set(problem=None, recorded=self.state.recorded + events, last_event_at=self._clock.now())

    def rejected(self, topic: str, reason: Exception) -> None:
        """A message is no presence event. Said at most once in QUIET seconds, with how many there were."""
        self._set(rejected=self.state.rejected + 1)
        if self._monotonic() < self._quiet_until:
            return
        self._quiet_until = self._monotonic() + QUIET
        logger.warning(
            "%d messages were no presence events; the last one, of topic %r: %s",
            self.state.rejected - self._rejected_said,
            topic[:LONGEST_TOPIC],
            reason,
        )
        self._rejected_said = self.state.rejected

    def dropped(self, messages: int) -> None:
        """There was no place for messages."""
        self._set(dropped=self.state.dropped + messages)

    def _set(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]


def _text(error: Exception) -> str:
    return str(error) or type(error).__name__
