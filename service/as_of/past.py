"""The past, asked: which moment is meant, and answers as they were then."""

import threading
from collections import OrderedDict
from datetime import timedelta

from events.clock import Clock
from events.log import EventLog
from events.vocabulary import AccountId
from projections.answers import Answers
from projections.read_models import ReadModels
from service.as_of.moment import Moment, moment_of
from service.as_of.replay import Replay
from service.as_of.scope import Scope

MOST_KEPT = 16
"""Answers that are kept for who asks again, as whoever reads a list page by page does. Each has a few megabytes in
memory at most, and the rest in a file."""

Key = tuple[AccountId, Moment, Scope]


class Past:
    """Answers questions about the past. Threads may share it."""

    def __init__(self, log: EventLog, read_models: ReadModels, clock: Clock, retention: timedelta) -> None:
        """`read_models` know of every audit that there ever was, and so how to find its streams."""
        self._log = log
        self._read_models = read_models
        self._clock = clock
        self._retention = retention
        self._kept: OrderedDict[Key, Answers] = OrderedDict()
        self._lock = threading.Lock()

    def moment(self, given: list[str]) -> Moment:
        """The moment that a header names; InvalidRequest if it names none that is past."""
        return moment_of(given, self._log, self._clock.now())

    def kept(self, account: AccountId, moment: Moment, scope: Scope) -> Answers | None:
        """What was asked lately, at once; None when it has to be read."""
        key = (account, moment, scope)
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def answers(self, account: AccountId, moment: Moment, scope: Scope) -> Answers:
        """Read from the log what a question needs. Refused if that is too much, or has left the log."""
        every_audit = self._read_models.every_audit
        made = scope.answers(Replay(account, moment, self._retention, self._log, every_audit))
        with self._lock:
            self._kept[account, moment, scope] = made
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return made
