"""The queue as the dispatcher sees it: it takes messages, and tells which of them it still holds."""

from collections.abc import Collection, Sequence
from typing import NamedTuple, Protocol

from dramatiq import Message
from dramatiq.broker import Broker, MessageProxy

from events.vocabulary import CheckName
from workers.messages import Sending, message_for


class QueueUnavailable(Exception):  # noqa: N818 - reads as a state of the queue
    """The queue can't be reached. What was to be sent may or may not have arrived."""


class Held(NamedTuple):
    """The messages that were sent and have not ended: those that wait, and those that are being worked on."""

    message_ids: frozenset[str]
    life: str
    """Names the queue's present life. It is another one when the queue has lost what it held, all at once."""


class Queue(Protocol):
    """Where the dispatcher sends work. Methods raise QueueUnavailable, in bounded time."""

    def send(self, sending: Sending) -> None:
        """Put a message for a piece of work in the queue."""
        ...

    def held(self) -> Held:
        """Tell what the queue holds. A message ends only after what came of it is in the log."""
        ...


class QueueBroker(Broker):
    """Dramatiq's broker, and what the queue needs besides. `tests/contract/queue_contract.py` holds for each."""

    def send(self, message: Message[None]) -> None:
        """Take a message. Raise QueueUnavailable."""
        self.enqueue(message)

    def held(self) -> Held:
        """Tell which messages have not ended."""
        raise NotImplementedError

    def give_back(self, message: MessageProxy) -> None:
        """Put a message that is being worked on back into its queue, as if nobody had begun with it."""
        raise NotImplementedError

    def boot(self) -> None:
        """Begin to enforce time limits, which Dramatiq's own command line would do. Once in a broker's life."""
        self.emit_after("process_boot")


class BrokerQueue:
    """The queue over brokers: one for what is quick, one for what waits for servers of others."""

    def __init__(
        self, broker: QueueBroker, collecting_broker: QueueBroker, collecting_checks: Collection[CheckName]
    ) -> None:
        self._broker = broker
        self._collecting_broker = collecting_broker
        self._collecting_checks = collecting_checks

    def send(self, sending: Sending) -> None:
        """Put a message for a piece of work in the queue."""
        message = message_for(sending, self._collecting_checks)
        is_quick = message.queue_name in self._broker.get_declared_queues()
        (self._broker if is_quick else self._collecting_broker).send(message)

    def held(self) -> Held:
        """Tell what the queue holds."""
        parts: Sequence[Held] = [self._broker.held(), self._collecting_broker.held()]
        ids = frozenset[str]().union(*(part.message_ids for part in parts))
        return Held(ids, " ".join(part.life for part in parts))
