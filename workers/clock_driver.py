"""Moves a manual clock through the times at which scheduled audits are due, and starts each at its own."""

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta

from events.application import Application
from events.errors import InvalidRequest, StoreUnavailable
from events.event import Cause
from events.follower import Follower
from events.identifiers import scheduled_task_id
from events.log import EventLog
from events.manual_clock import ManualClock
from events.vocabulary import TaskId
from workers.due_audits import DueAudit, DueAudits

LONGEST_ADVANCE = timedelta(days=3660)
"""In one go: ten years of daily audits are 3,660 tasks a schedule, and the caller waits for them."""

PATIENCE = 30.0
"""Seconds in which a follower has to have read what has just been appended."""


class ClockDriver:
    """One caller moves the clock at a time; the others wait."""

    def __init__(
        self,
        clock: ManualClock,
        application: Application,
        log: EventLog,
        due: DueAudits,
        followers: Sequence[Follower],
    ) -> None:
        """`followers` keep the times at which audits are `due`, and what callers ask for afterwards."""
        self._clock = clock
        self._application = application
        self._log = log
        self._due = due
        self._followers = followers
        self._moving = threading.Lock()

    def now(self) -> datetime:
        """The moment that the clock stands at."""
        return self._clock.now()

    def next_due(self) -> datetime | None:
        """When the next scheduled audit is due, of whatever account; None while nothing is scheduled."""
        self._catch_up()
        return self._due.next()

    def advance_to(self, moment: datetime) -> list[TaskId]:
        """Move the clock to a moment, and return the audits that were started on the way, in that order.

        Blocks until they are in the log. Refuses a moment that is earlier, or very much later.
        """
        with self._moving:
            return self._advance_to(moment)

    def advance_by(self, duration: timedelta) -> list[TaskId]:
        """Move the clock on by a duration, as `advance_to` does."""
        with self._moving:
            return self._advance_to(self._clock.now() + min(duration, 2 * LONGEST_ADVANCE))

    def advance_to_next_due(self) -> list[TaskId]:
        """Move the clock to the moment at which the next scheduled audit is due, as `advance_to` does."""
        with self._moving:
            due = self.next_due()
            if due is None:
                raise InvalidRequest("nextScheduledAudit: there is no scheduled audit.")
            return self._advance_to(max(due, self._clock.now()))

    def _advance_to(self, moment: datetime) -> list[TaskId]:
        if moment - self._clock.now() > LONGEST_ADVANCE:
            raise InvalidRequest(f"The clock can be moved by {LONGEST_ADVANCE.days} days at most in one request.")
        started = []
        while (due := self.next_due()) is not None and due <= moment:
            self._clock.move_to(max(due, self._clock.now()))
            started += [self._start(audit) for audit in self._due.up_to(self._clock.now())]
        self._clock.move_to(moment)
        self._catch_up()
        return started

    def _start(self, audit: DueAudit) -> TaskId:
        """Start the audit, unless the scheduler was faster: then it is the same audit."""
        cause = Cause(audit.account, self._clock.now(), "scheduler", request_id="")
        self._application.start_scheduled_audit(audit.name, audit.generation, cause).result(PATIENCE)
        return scheduled_task_id(audit.account, audit.name, audit.generation, audit.due_at)

    def _catch_up(self) -> None:
        last = self._log.last_position()
        if not all(follower.wait_until(last, PATIENCE) for follower in self._followers):
            raise StoreUnavailable("The schedules or the read models do not follow the log.")
