"""The queue of the embedded service: Dramatiq's in-memory broker, made fit to run for months.

Nothing depends on what is in it. The dispatcher knows what is wanted, and sends it again if the queue is lost
(`workers/dispatcher.py`); it also bounds how much is in the queue at any time.
"""

from collections import defaultdict

from dramatiq import Message
from dramatiq.broker import Broker, MessageProxy
from dramatiq.brokers.stub import StubBroker
from dramatiq.middleware import Middleware, TimeLimit

from workers.middleware import GiveBack
from workers.queue import Held, QueueBroker

ONE_LIFE = "of this process"


class EmbeddedBroker(StubBroker, QueueBroker):
    """A queue inside the serving process, which wakes a worker at once.

    Of Dramatiq's middleware it has what an audit needs: time limits, set by each actor.
    """

    def __init__(self) -> None:
        self._held: set[str] = set()
        super().__init__(middleware=[TimeLimit(), GiveBack(), _Ends()])
        # StubBroker is made for tests and keeps every message that failed, with its traceback, for ever.
        self.dead_letters_by_queue = defaultdict(NoLetters)

    def send(self, message: Message[None]) -> None:
        """Take a message; never blocks."""
        self._held.add(message.message_id)
        self.enqueue(message)

    def held(self) -> Held:
        """Tell which messages have not ended."""
        return Held(frozenset(self._held.copy()), ONE_LIFE)

    def give_back(self, message: MessageProxy) -> None:
        """Put a message that is being worked on back into its queue."""
        self.queues[message.queue_name].put(message.encode())
        message.options["given_back"] = True

    def ended(self, message: MessageProxy) -> None:
        """Note that nobody works on a message any more."""
        if not message.options.pop("given_back", False):
            self._held.discard(message.message_id)


class _Ends(Middleware):
    """Tells the broker of the ends of messages."""

    def after_ack(self, broker: Broker, message: MessageProxy) -> None:
        self._ended(broker, message)

    def after_nack(self, broker: Broker, message: MessageProxy) -> None:
        self._ended(broker, message)

    def _ended(self, broker: Broker, message: MessageProxy) -> None:
        if isinstance(broker, EmbeddedBroker):
            broker.ended(message)


class NoLetters(list[MessageProxy]):
    """Takes dead letters and keeps none. What failed has been logged, and is sent again."""

    def append(self, _: MessageProxy) -> None:
        """Drop the message."""
