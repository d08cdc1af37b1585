"""The dispatcher: follows the log, and sees to it that what the log says is wanted gets done.

What events change stands in `workers/demand.py`. What follows from it, messages to send and checks to end, is
read from the tables at every wake-up and not remembered from an event. So it happens also when the process died
in between; and what then happens twice collapses on the streams that it is recorded in.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any

from events.at_hand import EVENT
from events.audit_task import CheckOutcome
from events.clock import Clock
from events.event import Cause
from events.log import Recorded
from events.store.database import Database, Transaction
from events.vocabulary import CheckName, TaskId
from workers.actors import COLLECTING_TIME_LIMIT
from workers.check_progress import CheckProgress
from workers.demand import DEMAND, exhausted
from workers.outbox import MOST_ATTEMPTS, Outbox
from workers.work_item import CheckRunKey, WorkItem
from workers.work_table import POSITION, SCHEMA, WorkTable

MESSAGES_PER_THREAD = 4
"""So that a worker never waits for the dispatcher, and a small audit not long for a large one."""

LEASE = 3 * MESSAGES_PER_THREAD * COLLECTING_TIME_LIMIT
"""Seconds after which a message counts as lost: later than the last of all that may be out can end, even when they
all wait for slow servers, one after the other. A queue that dies with its process is recalled without waiting."""

EndCheckRun = Callable[[TaskId, CheckName, CheckOutcome, Cause], Future[Any]]
"""The command of `events/application.py`."""

logger = logging.getLogger(__name__)


class Dispatcher:
    """Follows the log; sends work and ends checks.

    `send` puts a message for a piece of work into the queue. It must be quick, and must not raise: a message
    that could not be sent is one that was lost.
    """

    name = "dispatcher"

    def __init__(
        self,
        database: Database,
        send: Callable[[WorkItem], None],
        end_check_run: EndCheckRun,
        clock: Clock,
        *,
        most_in_flight: int,
        lease: float = LEASE,
        system_time: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._send = send
        self._end_check_run = end_check_run
        self._clock = clock
        self._most_in_flight = most_in_flight
        self._lease = lease
        self._system_time = system_time
        self._endings: dict[CheckRunKey, Future[Any]] = {}
        with database.transaction() as rows:
            for statement in SCHEMA:
                rows.execute(statement)

    def position(self) -> int:
        """How far the log is known."""
        return sum(position for (position,) in self._database.query(POSITION))

    def take(self, recorded: Sequence[Recorded], position: int) -> None:
        """Note what these events make wanted, and that the log is known up to `position`."""
        with self._database.transaction() as rows:
            table = WorkTable(rows)
            known = table.position()
            for each in recorded:
                change = DEMAND.get(type(each.event))
                if change is not None and each.position > known:
                    EVENT.set(each.event)
                    change(table, each.event, each.position)
            table.move_to(max(position, known))

    def idle(self) -> None:
        """Send what is to be sent, and end the checks that are to be ended."""
        with self._database.transaction() as rows:
            items = self._take_due_items(rows)
            checks_to_end = WorkTable(rows).checks_to_end()
        for item in items:
            self._send(item)
        self._end(checks_to_end)

    def recall_sent(self, *, counts_as_attempt: bool) -> None:
        """Note that the queue is gone with all that was in it, so that the next wake-up sends it again.

        For an in-process queue, which dies with its process: at every start, counted as an attempt, since the
        work may be what the process died of; and at an end in good order, not counted.
        """
        with self._database.transaction() as rows:
            WorkTable(rows).recall_sent(counts_as_attempt=counts_as_attempt)

    def _take_due_items(self, rows: Transaction) -> list[WorkItem]:
        """Mark what is to be sent now as sent, before it is: a message too few is sent again after its lease."""
        outbox = Outbox(rows, now=round(self._system_time() * 1000), lease=round(self._lease * 1000))
        due = outbox.due(self._most_in_flight - outbox.in_flight())
        hopeless = {item.check_run for item, attempts in due if attempts >= MOST_ATTEMPTS}
        for run in hopeless:
            exhausted(WorkTable(rows), run)
        items = [item for item, _ in due if item.check_run not in hopeless]
        for item in items:
            outbox.mark_sent(item)
        return items

    def _end(self, checks: Mapping[CheckRunKey, CheckProgress]) -> None:
        """Give the command for each check once, and again if it failed, until the log says that it has ended."""
        self._endings = {run: end for run, end in self._endings.items() if run in checks and not _failed(end)}
        for run, progress in checks.items():
            if run not in self._endings and progress.outcome is not None:
                self._endings[run] = self._end_check_run(
                    run.task_id, run.check_name, progress.outcome, self._cause(run, progress)
                )

    def _cause(self, run: CheckRunKey, progress: CheckProgress) -> Cause:
        return Cause(run.account, self._clock.now(), self.name, progress.request_id, progress.causation_id)


def _failed(command: Future[Any]) -> bool:
    if not command.done() or (not command.cancelled() and command.exception() is None):
        return False
    logger.warning("A check could not be ended, and will be tried again.", exc_info=command.exception())
    return True
