"""Sends what is due over one channel, on a thread of its own: who is slow there delays nothing else."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import orjson

from events.at_hand import TASK_ID
from events.audit_notification import NotificationChannel
from events.clock import Clock
from events.errors import StoreUnavailable
from events.event import Cause
from events.identifiers import audit_notification_id, audit_task_id
from events.log import EventLog
from events.notifications import Notifications
from workers.notifying.back_off import PERSISTENCE, pause_after
from workers.notifying.delivery import NotDelivered, Outgoing, Receiver
from workers.notifying.message import notification_message
from workers.notifying.pending import Pending, PendingNotifications

PATIENCE = 1.0
"""Seconds after which it looks again, though nobody woke it."""

RECORDING = 30.0
"""Seconds in which the log must have taken what became of a notification."""

STOPPING = 3.0
"""Seconds that a stop waits for a receiver. A message under way is sent again after the next start."""

logger = logging.getLogger(__name__)


class Attempts(Protocol):
    """Is told how attempts go. It must not raise."""

    def notified(self, channel: str, outcome: str, seconds: float) -> None:
        """An attempt is over: `delivered` or `failed`."""
        ...

    def notification_given_up(self, channel: str) -> None:
        """No more attempts are made for a notification."""
        ...


@dataclass(frozen=True)
class Office:
    """What the senders of all channels work with."""

    pending: PendingNotifications
    log: EventLog
    notifications: Notifications
    clock: Clock
    observer: Attempts
    is_known: Callable[[], bool]
    """Whether the table knows the log: before that, it shows what was delivered long ago."""
    monotonic: Callable[[], float] = time.monotonic


class Sender:
    """One thread. Each message goes once or more often, always with the same id."""

    def __init__(self, channel: NotificationChannel, receiver: Receiver, office: Office) -> None:
        self._channel = channel
        self._receiver = receiver
        self._office = office
        self._awake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"notifying {channel.lower()}", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def wake(self) -> None:
        """Look now whether something is due."""
        self._awake.set()

    def stop(self) -> None:
        """Stop after the message in hand, if that is soon."""
        self._stopping.set()
        self._awake.set()
        self._thread.join(STOPPING)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._awake.clear()
            try:
                if self._office.is_known():
                    self.send_due()
            except StoreUnavailable as error:
                if not self._stopping.is_set():
                    logger.warning("Notifications over %s wait: %s", self._channel, error)
            except Exception:
                logger.exception("Notifications over %s wait, for what should not happen", self._channel)
            self._awake.wait(PATIENCE)

    def send_due(self) -> None:
        """Send everything that is due now, what has been due longest first."""
        while not self._stopping.is_set():
            due = self._office.pending.take_due(self._channel, self._office.clock.now())
            if due is None:
                return
            TASK_ID.set(due.task_id)
            try:
                self._send(due)
            finally:
                TASK_ID.set("")

    def _send(self, due: Pending) -> None:
        began = self._office.monotonic()
        try:
            receipt = self._receiver.deliver(self._outgoing(due))
        except StoreUnavailable:
            raise
        except Exception as failure:
            if not isinstance(failure, NotDelivered):
                logger.exception("Sending over %s failed on a mistake of ours", self._channel)
            self._office.observer.notified(self._channel, "failed", self._office.monotonic() - began)
            self._failed(due, str(failure) or type(failure).__name__)
        else:
            self._office.observer.notified(self._channel, "delivered", self._office.monotonic() - began)
            self._office.notifications.record_notification_delivery(
                due.task_id, self._channel, receipt, due.attempts, self._cause(due)
            ).result(RECORDING)
            self._office.pending.forget(due)

    def _outgoing(self, due: Pending) -> Outgoing:
        task = self._office.log.stream(audit_task_id(due.account, due.task_id))
        if not task:
            raise NotDelivered("The log does not have the audit any more.")
        return Outgoing(
            message_id=str(audit_notification_id(due.account, due.task_id, self._channel)),
            body=orjson.dumps(notification_message(task)).decode(),
            account=due.account,
            target_arn=due.target_arn,
            role_arn=due.role_arn,
            sent_at=self._office.clock.now(),
        )

    def _failed(self, due: Pending, reason: str) -> None:
        pause = pause_after(due.attempts)
        if self._office.clock.now() + pause <= due.wanted_at + PERSISTENCE:
            self._office.pending.failed(due, reason)
            logger.warning(
                "The end of an audit could not be announced over %s, and that is tried again in %.0f s: %s",
                self._channel,
                pause.total_seconds(),
                reason,
            )
            return
        logger.error(
            "The end of an audit could not be announced over %s in %d attempts, and that is given up: %s "
            "`fleet-audit notifications --retry` sends it after all.",
            self._channel,
            due.attempts,
            reason,
        )
        self._office.notifications.give_up_notification(
            due.task_id, self._channel, reason, due.attempts, self._cause(due)
        ).result(RECORDING)
        self._office.observer.notification_given_up(self._channel)

    def _cause(self, due: Pending) -> Cause:
        return Cause(due.account, self._office.clock.now(), "notifier", due.request_id, due.causation_id)
