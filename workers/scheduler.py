"""The scheduler: follows the log, knows when each scheduled audit is due, and starts it.

That an audit is due is read from the table at every wake-up, so it also starts when the process was down at that
time. Whether it is really due, and has not begun yet, is for the account to decide; so several schedulers, and one
that was killed in between, start it once.
"""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

from events.at_hand import EVENT
from events.clock import Clock
from events.event import Cause
from events.log import Recorded
from events.store.database import Database, Transaction
from workers.due_audits import CHANGES, SCHEDULE_TABLES, DueAudit, DueAudits, Planning
from workers.followed import Followed

StartScheduledAudit = Callable[[str, int, Cause], Future[Any]]
"""The command of `events/application.py`."""

logger = logging.getLogger(__name__)


class Scheduler:
    """What a follower drives."""

    name = "scheduler"

    def __init__(self, database: Database, start_scheduled_audit: StartScheduledAudit, clock: Clock) -> None:
        """Raise SchemaMissing when the tables are not there and are not for this process to make."""
        self._followed = Followed(database, self.name)
        self._start = start_scheduled_audit
        self._clock = clock
        self._starting: dict[DueAudit, Future[Any]] = {}
        self.due_audits = DueAudits(database)
        """Which audits are due when. Any thread may ask."""
        database.prepare(SCHEDULE_TABLES)

    def position(self) -> int:
        """How far the log is known."""
        return self._followed.position()

    def take(self, recorded: Sequence[Recorded], position: int) -> None:
        """Note when what these events are about is due next."""
        self._followed.take_together(recorded, position, _plan, CHANGES)

    def idle(self) -> None:
        """Start what is due: each once, and again if that failed, until the log says that it has begun."""
        self._followed.note()
        due = self.due_audits.up_to(self._clock.now())
        self._starting = {
            audit: command for audit, command in self._starting.items() if audit in due and not _failed(command)
        }
        for audit in due:
            if audit not in self._starting:
                self._starting[audit] = self._start(audit.name, audit.generation, self._cause(audit))

    def _cause(self, audit: DueAudit) -> Cause:
        return Cause(audit.account, self._clock.now(), self.name, request_id="")


def _plan(rows: Transaction, recorded: Sequence[Recorded]) -> None:
    planning = Planning(rows)
    for each in recorded:
        change = CHANGES.get(type(each.event))
        if change is not None:
            EVENT.set(each.event)
            change(planning, each.event)
    planning.write()


def _failed(command: Future[Any]) -> bool:
    if not command.done() or (not command.cancelled() and command.exception() is None):
        return False
    logger.warning(
        "A scheduled audit could not be started, and will be tried again.", exc_info=command.exception()
    )
    return True
