"""What is handed to a receiver, and how it may fail."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from events.vocabulary import AccountId


@dataclass(frozen=True)
class Outgoing:
    """A message on its way. Everything but `sent_at` is the same however often it is sent."""

    message_id: str
    """By which a receiver knows what it has had already: the id of the notification's stream."""
    body: str
    """JSON."""
    account: AccountId
    target_arn: str
    role_arn: str
    sent_at: datetime
    """Of this attempt."""


class NotDelivered(Exception):  # noqa: N818 - reads as the state of the message
    """The receiver has not taken the message, as far as is known. The text says why, for an operator."""


class Receiver(Protocol):
    """Takes messages. One thread calls."""

    def deliver(self, outgoing: Outgoing) -> str:
        """Hand over a message within a bounded time, and return what the receiver says; raise NotDelivered."""
        ...
