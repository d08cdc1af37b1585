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

from events.audit_task import CheckOutcome
from events.clock import Clock
from events.event import Cause
from events.log import Recorded
from events.store.database import Database, Transaction
from events.vocabulary import CheckName, TaskId
from workers.actors import COLLECTING_TIME_LIMIT
from workers.check_progress import CheckProgress
from workers.demand import DEMAND, exhausted
from workers.followed import Followed
from workers.lost_messages import LostMessages
from workers.messages import Sending
from workers.outbox import MOST_ATTEMPTS, Outbox
from workers.queue import Queue, QueueUnavailable
from workers.work_item import CheckRunKey
from workers.work_table import WORK_TABLES, WorkTable, are_checks_open

MESSAGES_PER_THREAD = 4
"""So that a worker never waits for the dispatcher, and a small audit not long for a large one."""

LEASE = 3 * MESSAGES_PER_THREAD * COLLECTING_TIME_LIMIT
"""Seconds after which a message is sent again though the queue still holds it: later than the last of all that are
out can end, even when they all wait for slow servers, one after the other. What the queue lost is not waited for
(`workers/lost_messages.py`): this is for work that hangs where no time limit reaches."""

UNREACHABLE_FOR = 1.0
"""Seconds for which a queue that could not be reached is left alone, since trying may take as long."""

EndCheckRun = Callable[[TaskId, CheckName, CheckOutcome, Cause], Future[Any]]
"""The command of `events/application.py`."""

logger = logging.getLogger(__name__)


class Dispatcher:
    """Follows the log; sends work and ends checks.

    Several may do so on the same tables: what each does is a transaction, and what is done twice collapses.
    """

    name = "dispatcher"

    def __init__(
        self,
        database: Database,
        queue: Queue,
        end_check_run: EndCheckRun,
        clock: Clock,
        *,
        most_in_flight: int,
        lease: float = LEASE,
        system_time: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.queue_failure: str | None = None
        """Why the queue can't be reached, for the health report; None while it can."""
        self._database = database
        self._followed = Followed(database, self.name)
        self._queue = queue
        self._lost = LostMessages(database, queue, monotonic)
        self._end_check_run = end_check_run
        self._clock = clock
        self._most_in_flight = most_in_flight
        self._lease = lease
        self._system_time = system_time
        self._monotonic = monotonic
        self._next_sending = monotonic()
        self._endings: dict[CheckRunKey, Future[Any]] = {}
        database.prepare(WORK_TABLES)

    def position(self) -> int:
        """How far the log is known."""
        return self._followed.position()

    def take(self, recorded: Sequence[Recorded], position: int) -> None:
        """Note what these events make wanted, and that the log is known up to `position`."""
        self._followed.take(recorded, position, _demand, DEMAND)

    def idle(self) -> None:
        """Send what is to be sent, and end the checks that are to be ended."""
        self._followed.note()
        if not are_checks_open(self._database):
            self.queue_failure, self._endings = None, {}
            return
        is_to_send = self._monotonic() >= self._next_sending
        with self._database.transaction() as rows:
            outbox = self._outbox(rows)
            self._lost.recall(outbox)
            sendings = self._take_due(outbox, rows) if is_to_send else []
            checks_to_end = WorkTable(rows).checks_to_end()
        self._end(checks_to_end)
        if is_to_send:
            self._send(sendings)

    def _send(self, sendings: Sequence[Sending]) -> None:
        """Send, and compare what was sent before with what the queue holds. What can't be sent is due again."""
        sent = 0
        try:
            for sending in sendings:
                self._queue.send(sending)
                sent += 1
            self._lost.look()
        except QueueUnavailable as error:
            if self.queue_failure is None:
                logger.warning("The queue can't be reached, and will be tried again: %s", error)
            self.queue_failure = str(error)
            self._next_sending = self._monotonic() + UNREACHABLE_FOR
            with self._database.transaction() as rows:
                for sending in sendings[sent:]:
                    self._outbox(rows).recall(sending, counts_as_attempt=False)
        else:
            self.queue_failure = None

    def recall_sent(self, *, counts_as_attempt: bool) -> None:
        """Note that the queue is gone with all that was in it, so that the next wake-up sends it again.

        For an in-process queue, which dies with its process: at every start, counted as an attempt, since the
        work may be what the process died of; and at an end in good order, not counted.
        """
        with self._database.transaction() as rows:
            WorkTable(rows).recall_sent(counts_as_attempt=counts_as_attempt)

    def _outbox(self, rows: Transaction) -> Outbox:
        return Outbox(rows, now=round(self._system_time() * 1000), lease=round(self._lease * 1000))

    def _take_due(self, outbox: Outbox, rows: Transaction) -> list[Sending]:
        """Mark what is to be sent now as sent, before it is: a message too few is found out, and sent again."""
        due = outbox.due(self._most_in_flight - outbox.in_flight())
        hopeless = {item.check_run for item, attempts in due if attempts >= MOST_ATTEMPTS}
        for run in hopeless:
            exhausted(WorkTable(rows), run)
        return [outbox.mark_sent(item) for item, _ in due if item.check_run not in hopeless]

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


def _demand(rows: Transaction, recorded: Recorded) -> None:
    change = DEMAND.get(type(recorded.event))
    if change is not None:
        change(WorkTable(rows), recorded.event, recorded.position)


def _failed(command: Future[Any]) -> bool:
    if not command.done() or (not command.cancelled() and command.exception() is None):
        return False
    logger.warning("A check could not be ended, and will be tried again.", exc_info=command.exception())
    return True
