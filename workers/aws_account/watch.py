"""Looks again and again whether an account is to be read on."""

import time
from collections.abc import Callable
from threading import Event, get_ident

SECONDS_BETWEEN_LOOKS = 0.25
"""So that a canceled audit stops reading within a second, without reading the log all the time."""


class NotWanted(Exception):  # noqa: N818 - nothing went wrong
    """The audit is over, or the process stops."""


class NotYet(Exception):  # noqa: N818 - nothing went wrong
    """The time for one step is up. What was read is kept, and the next step goes on from there."""


class Watch:
    """Raises NotWanted when nobody waits for the account any more, and NotYet when the step's time is up.

    In the thread that made it. Those that only call for it are told nothing: what they do is short, or is left.
    """

    def __init__(
        self,
        is_wanted: Callable[[], bool],
        seconds: float,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._is_wanted = is_wanted
        self._monotonic = monotonic
        self._end = monotonic() + seconds
        self._next_look = monotonic()
        self._never = Event()
        self._thread = get_ident()

    def is_of_this_thread(self) -> bool:
        """Whether the thread that calls is the one that watches."""
        return get_ident() == self._thread

    def look(self) -> None:
        """Raise if it is time to stop; often enough to be called for every page, seldom enough to cost little."""
        self.look_only_if_wanted()
        if self._monotonic() >= self._end and self.is_of_this_thread():
            raise NotYet

    def look_only_if_wanted(self) -> None:
        """Raise NotWanted if nobody waits; for what is done in one go, however long it takes."""
        if self._monotonic() >= self._next_look and self.is_of_this_thread():
            self._next_look = self._monotonic() + SECONDS_BETWEEN_LOOKS
            if not self._is_wanted():
                raise NotWanted

    def pause(self, seconds: float) -> None:
        """Wait, and look."""
        self._never.wait(seconds)
        self.look()
