"""Notifications over a log of their own, with a clock that is told to move, and an obedient receiver."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

from events.application import Application
from events.audit_notification import NotificationChannel
from events.audit_task import CheckOutcome
from events.committer import Committer
from events.configuration_change import CheckConfiguration, ConfigurationChange, NotificationTarget
from events.event import Cause
from events.identifiers import audit_notification_id
from events.store.database import SqliteDatabase
from events.store.sqlite import open_sqlite_log
from events.vocabulary import AccountId, CheckRunStatus, NotificationTargetType, TaskId
from tests.support.events import ROLE_ARN, task_id
from tests.support.fake_clock import FakeClock
from tests.support.given import ACCOUNT
from tests.support.made_up_catalogue import CATALOGUE, OPEN
from workers.notifying.delivery import NotDelivered, Outgoing
from workers.notifying.notifier import Notifier
from workers.notifying.pending import PendingNotifications
from workers.notifying.sender import Office, Sender

SNS = NotificationChannel.SNS
TOPIC = "arn:aws:sns:us-east-1:000000000000:audits"


class Attempted:
    """Counts what is observed."""

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()

    def notified(self, channel: str, outcome: str, seconds: float) -> None:
        assert seconds >= 0
        self.outcomes[f"{channel} {outcome}"] += 1

    def notification_given_up(self, channel: str) -> None:
        self.outcomes[f"{channel} given up"] += 1


class MadeUpReceiver:
    """Keeps what it was given, also when it says that it did not take it."""

    def __init__(self) -> None:
        self.given: list[Outgoing] = []
        self.failure: Exception | None = None
        self.meanwhile: Callable[[], object] = lambda: None
        """What happens between its taking a message and the sender's hearing of that."""

    def deliver(self, outgoing: Outgoing) -> str:
        self.given.append(outgoing)
        self.meanwhile()
        if self.failure is not None:
            raise self.failure
        return "taken"

    def is_dead(self) -> None:
        self.failure = NotDelivered("It is dead.")

    def is_well(self) -> None:
        self.failure = None


class NotifyingOffice:
    """Audits that end, and what is sent of that. `follow` and `send` are one look of each thread."""

    def __init__(self, directory: Path, opened: ExitStack) -> None:
        self.directory = directory
        self.opened = opened
        self.clock = FakeClock()
        self.log = open_sqlite_log(directory / "events.sqlite")
        opened.callback(self.log.close)
        self.receiver = MadeUpReceiver()
        self.attempted = Attempted()
        self.start()
        checks = {OPEN: CheckConfiguration(True)}
        targets = {NotificationTargetType.SNS: NotificationTarget(TOPIC, ROLE_ARN, enabled=True)}
        change = ConfigurationChange(ROLE_ARN, checks, targets)
        self.application.update_account_audit_configuration(change, self.cause()).result()

    def start(self, work: str = "work.sqlite") -> None:
        """As the process does, with the tables that it has or with others."""
        self.committer = Committer(self.log)
        self.committer.start()
        self.opened.callback(self.committer.stop)
        self.application = Application(self.committer, CATALOGUE, "us-east-1")
        database = SqliteDatabase(self.directory / work, durable=False)
        self.opened.callback(database.close)
        self.notifier = Notifier(database, lambda: None)
        self.pending = PendingNotifications(database)
        office = Office(
            self.pending, self.log, self.application.notifications, self.clock, self.attempted, lambda: True
        )
        self.sender = Sender(SNS, self.receiver, office)

    def cause(self) -> Cause:
        return Cause(AccountId(ACCOUNT), self.clock.now(), "AKIDEXAMPLE", "request-1")

    def audit_ends(self, number: int = 1) -> TaskId:
        task, outcome = task_id(number), CheckOutcome(CheckRunStatus.COMPLETED_COMPLIANT, 5)
        self.application.start_on_demand_audit_task(task, [OPEN], self.cause()).result()
        self.application.end_check_run(task, OPEN, outcome, self.cause()).result()
        return task

    def follow(self) -> None:
        recorded = self.log.after(self.notifier.position())
        if recorded:
            self.notifier.take(recorded, recorded[-1].position)

    def send(self, after: timedelta = timedelta(0)) -> int:
        """Move the clock, look once, and return how many messages went."""
        self.clock.advance(after)
        before = len(self.receiver.given)
        self.follow()
        self.sender.send_due()
        self.follow()
        return len(self.receiver.given) - before

    def retry(self, task: TaskId) -> bool:
        return self.application.notifications.retry_notification(task, SNS, self.cause()).result().value

    def happened(self, task: TaskId) -> list[str]:
        stream = self.log.stream(audit_notification_id(ACCOUNT, task, SNS))
        return [type(event).__name__.removeprefix("AuditNotification") for event in stream]


@contextmanager
def notifying_office(directory: Path) -> Iterator[NotifyingOffice]:
    """Everything is closed at the end."""
    with ExitStack() as opened:
        yield NotifyingOffice(directory, opened)
