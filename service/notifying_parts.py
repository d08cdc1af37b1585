"""What announces the ends of audits, put together."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from events.application import Application
from events.audit_notification import NotificationChannel
from events.clock import Clock
from events.event import Cause
from events.follower import Follower
from service.linked_account import own_account
from service.observing.metrics import Metrics
from service.settings import Settings
from service.stores import Stores
from workers.aws_account.access import AccountAccess
from workers.notifying.notifier import Notifier
from workers.notifying.pending import CHANGES, PendingNotifications
from workers.notifying.sender import RECORDING, Office, Sender
from workers.notifying.sns import SnsTopics
from workers.notifying.webhook import NoWebhook


@dataclass(frozen=True)
class Notifying:
    """What is to be watched of it."""

    follower: Follower
    notifier: Notifier
    pending: PendingNotifications


@contextmanager
def notifying(
    settings: Settings, stores: Stores, application: Application, clock: Clock, metrics: Metrics, end_of_log: int
) -> Iterator[Notifying]:
    """Follow the log and send what it wants to be sent, for as long as the block lasts.

    First the log learns whether there is a webhook, so that every process that ends an audit knows. Raise
    StoreUnavailable if that can't be recorded.
    """
    cause = Cause(settings.account, clock.now(), Notifier.name, request_id="")
    application.notifications.set_webhook(is_set=settings.webhook is not None, cause=cause).result(RECORDING)
    # One attempt at a time: the pauses between them are longer than boto3's, and outlast the process.
    access = AccountAccess(settings.region, own_account(settings), most_attempts=1)
    receivers = {
        NotificationChannel.SNS: SnsTopics(access),
        NotificationChannel.WEBHOOK: settings.webhook or NoWebhook(),
    }
    senders: list[Sender] = []

    def wake_senders() -> None:
        for sender in senders:
            sender.wake()

    notifier = Notifier(stores.work, wake_senders)
    follower = Follower(stores.log, notifier, looking_after=CHANGES)
    pending = PendingNotifications(stores.work)
    office = Office(
        pending, stores.log, application.notifications, clock, metrics, lambda: follower.position >= end_of_log
    )
    senders += [Sender(channel, receiver, office) for channel, receiver in receivers.items()]
    with ExitStack() as opened:
        follower.start()
        opened.callback(follower.stop)
        for sender in senders:
            sender.start()
            opened.callback(sender.stop)
        yield Notifying(follower, notifier, pending)
