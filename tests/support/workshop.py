"""All that an audit needs to be worked on, in one directory: log, commands, dispatcher and workers."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from events.application import Application
from events.audit_task import (
    AuditCheckOutcomeRecorded,
    AuditTaskCanceled,
    AuditTaskCompleted,
    AuditTaskFailed,
    CheckOutcome,
)
from events.check_catalogue import CheckCatalogue
from events.check_shard import AuditFindingsRecorded
from events.committer import Committer
from events.configuration_change import CheckConfiguration, ConfigurationChange
from events.event import Cause, Event
from events.follower import Follower
from events.identifiers import audit_task_id, finding_id
from events.log import EventLog
from events.store.database import SqliteDatabase
from events.store.sqlite import open_sqlite_log
from events.vocabulary import CheckName, TaskId
from tests.support.fake_clock import FakeClock
from tests.support.given import ACCOUNT
from workers.checks.check import Check
from workers.dispatcher import Dispatcher
from workers.embedded import EmbeddedWorkers
from workers.messages import Sending
from workers.queue import Held, Queue
from workers.worker import Inventory, Worker

E = TypeVar("E", bound=Event)
Send = Callable[[Sending], None]

ENDINGS = (AuditTaskCompleted, AuditTaskFailed, AuditTaskCanceled)


class Workshop:
    """The log with its commands. `at_work` adds what does the audits."""

    def __init__(self, log: EventLog, committer: Committer, worker: Worker) -> None:
        self.log = log
        self.committer = committer
        self.worker = worker
        self.clock = worker.clock
        self.application = worker.application

    def cause(self, request_id: str = "request-1") -> Cause:
        """Of a command that a test gives."""
        return Cause(ACCOUNT, self.clock.now(), "AKIDEXAMPLE", request_id)

    def start_audit(self, *checks: str, task_id: str = "a" * 32) -> TaskId:
        """Enable the checks and start an audit of them."""
        names = [CheckName(name) for name in checks]
        enabling = ConfigurationChange(
            "arn:aws:iam::000000000000:role/r", dict.fromkeys(names, CheckConfiguration(True))
        )
        self.application.update_account_audit_configuration(enabling, self.cause()).result()
        self.application.start_on_demand_audit_task(TaskId(task_id), names, self.cause()).result()
        return TaskId(task_id)

    def cancel(self, task_id: TaskId) -> int:
        """Cancel the audit and return the position of that."""
        return self.application.cancel_audit_task(task_id, self.cause()).result().position

    def wait_until_over(self, task_id: TaskId, timeout: float = 30) -> type[Event]:
        """Wait for the audit's end and return what it was."""
        deadline = time.monotonic() + timeout
        rings = self.log.appended.rings
        while not (ends := [type(event) for event in self.stream(task_id) if isinstance(event, ENDINGS)]):
            assert time.monotonic() < deadline, self.stream(task_id)
            rings = self.log.appended.wait(rings, 0.5)
        return ends[0]

    def stream(self, task_id: TaskId) -> list[Event]:
        """The audit's own events."""
        return self.log.stream(audit_task_id(ACCOUNT, task_id))

    def events(self, kind: type[E]) -> list[E]:
        """Every event of a kind in the log."""
        found: list[E] = []
        position = 0
        while batch := self.log.after(position):
            found += [each.event for each in batch if isinstance(each.event, kind)]
            position = batch[-1].position
        return found

    def outcomes(self, task_id: TaskId) -> dict[str, CheckOutcome]:
        """How the audit's checks ended."""
        return {
            event.check_name: event.outcome
            for event in self.stream(task_id)
            if isinstance(event, AuditCheckOutcomeRecorded)
        }

    def findings(self, task_id: TaskId, check: str | None = None) -> list[str]:
        """The ids of everything that was found in the audit, in no order; one found twice is here twice."""
        return [
            finding_id(ACCOUNT, task_id, event.shard.check_name, finding.resource, finding.reason_code)
            for event in self.events(AuditFindingsRecorded)
            if event.shard.task_id == task_id and check in (None, event.shard.check_name)
            for finding in event.findings
        ]


@contextmanager
def open_workshop(
    directory: Path, inventory: Inventory, registry: Mapping[CheckName, Check], shard_size: int = 100
) -> Iterator[Workshop]:
    """The log in the directory, and a committer at work. No audit is worked on."""
    log = open_sqlite_log(directory / "events.sqlite")
    committer = Committer(log)
    catalogue = CheckCatalogue({name: check.thresholds for name, check in registry.items()})
    application = Application(committer, catalogue, "us-east-1")
    worker = Worker(application, log, inventory, registry, FakeClock(), "us-east-1", shard_size=shard_size)
    committer.start()
    try:
        yield Workshop(log, committer, worker)
    finally:
        committer.stop()
        log.close()


class Work:
    """The dispatcher and the workers, at it."""

    def __init__(self, follower: Follower, workers: EmbeddedWorkers) -> None:
        self.follower = follower
        self.workers = workers

    def wait_until_idle(self, timeout: float) -> None:
        """Wait until no message is queued or in hand; QueueJoinTimeout if that takes longer."""
        for broker in self.workers.brokers:
            for queue in broker.get_declared_queues():
                broker.join(queue, timeout=round(timeout * 1000))


class SentThrough:
    """A queue to which something is done on the way."""

    def __init__(self, through: Callable[[Send], Send], queue: Queue) -> None:
        self.send = through(queue.send)
        self._queue = queue

    def held(self) -> Held:
        return self._queue.held()


@contextmanager
def at_work(
    workshop: Workshop,
    directory: Path,
    *,
    threads: int = 1,
    system_time: Callable[[], float] = time.time,
    through: Callable[[Send], Send] = lambda send: send,
) -> Iterator[Work]:
    """Do the audits; `through` may do something to every message that is sent."""
    worker = replace(workshop.worker, stopping=threading.Event())
    workers = EmbeddedWorkers(worker, threads=threads)
    database = SqliteDatabase(directory / "dispatcher.sqlite", durable=False)
    dispatcher = Dispatcher(
        database,
        SentThrough(through, workers.queue),
        workshop.application.end_check_run,
        workshop.clock,
        most_in_flight=workers.most_in_flight,
        system_time=system_time,
    )
    dispatcher.recall_sent(counts_as_attempt=True)
    follower = Follower(workshop.log, dispatcher, patience=0.1)
    workers.start()
    follower.start()
    try:
        yield Work(follower, workers)
        assert follower.failure is None
    finally:
        follower.stop()
        workers.stop()
        dispatcher.recall_sent(counts_as_attempt=False)
        database.close()
