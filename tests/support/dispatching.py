"""A dispatcher, with what it sends and what it commands."""

from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any

from events.audit_task import CheckOutcome
from events.event import Cause
from events.log import Recorded
from events.store.database import SqliteDatabase
from events.vocabulary import CheckName, TaskId
from tests.support.audit_story import AuditStory
from tests.support.fake_clock import FakeClock
from workers.dispatcher import Dispatcher
from workers.messages import Sending
from workers.queue import Held, QueueUnavailable

if TYPE_CHECKING:
    from workers.work_item import WorkItem

LEASE = 300.0
MOST_IN_FLIGHT = 4
EXPIRING = "EXPIRING_CHECK"
LOGGING = "LOGGING_CHECK"


class NotedQueue:
    """A queue that notes what is sent, and holds it until a test takes it away."""

    def __init__(self) -> None:
        self.sent: list[WorkItem] = []
        self.sendings: list[Sending] = []
        self.message_ids: set[str] = set()
        self.life = "first"
        self.is_away = False

    def send(self, sending: Sending) -> None:
        if self.is_away:
            raise QueueUnavailable("It is away.")
        self.sent.append(sending.item)
        self.sendings.append(sending)
        self.message_ids.add(sending.message_id)

    def held(self) -> Held:
        if self.is_away:
            raise QueueUnavailable("It is away.")
        return Held(frozenset(self.message_ids), self.life)


class Surroundings:
    """A dispatcher, with what it sends and what it commands."""

    def __init__(self, path: Path) -> None:
        self.database = SqliteDatabase(path, durable=False)
        self.time = 1_000_000.0
        self.seconds = 0.0
        self.queue = NotedQueue()
        self.sent = self.queue.sent
        self.commands: list[tuple[CheckName, CheckOutcome, Cause, Future[None]]] = []
        self.clock = FakeClock()
        self.story = AuditStory()
        self.start()

    def start(self) -> None:
        self.dispatcher = Dispatcher(
            self.database,
            self.queue,
            self._end_check_run,
            self.clock,
            most_in_flight=MOST_IN_FLIGHT,
            lease=LEASE,
            system_time=lambda: self.time,
            monotonic=lambda: self.seconds,
        )

    def given(self, *parts: list[Recorded]) -> None:
        """The log says this, the dispatcher has taken and sent it, and nobody looks at that any more."""
        self.when(*parts)
        self.sent.clear()
        self.commands.clear()

    def when(self, *parts: list[Recorded]) -> None:
        for part in parts:
            self.dispatcher.take(part, part[-1].position)
        self.seconds += 1
        self.dispatcher.idle()

    def sent_shards(self, check: str = EXPIRING) -> list[int]:
        return [item.shard for item in self.sent if item.check_name == check]

    def outcomes(self) -> dict[str, CheckOutcome]:
        return {name: outcome for name, outcome, _, _ in self.commands}

    def _end_check_run(self, task_id: TaskId, name: CheckName, outcome: CheckOutcome, cause: Cause) -> Future[Any]:
        assert task_id == self.story.task_id
        future: Future[None] = Future()
        self.commands.append((name, outcome, cause, future))
        return future
