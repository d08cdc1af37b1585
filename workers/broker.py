"""The queue of the embedded service: Dramatiq's in-memory broker, made fit to run for months.

Nothing depends on what is in it. The dispatcher knows what is wanted, and sends it again if the queue is lost
(`workers/dispatcher.py`); it also bounds how much is in the queue at any time.
"""

from collections import defaultdict

from dramatiq.broker import MessageProxy
from dramatiq.brokers.stub import StubBroker
from dramatiq.middleware import Retries, TimeLimit


class EmbeddedBroker(StubBroker):
    """A queue inside the serving process, which wakes a worker at once.

    Of Dramatiq's middleware it has what an audit needs: time limits and retries, set by each actor.
    """

    def __init__(self) -> None:
        super().__init__(middleware=[TimeLimit(), Retries()])
        # StubBroker is made for tests and keeps every message that failed, with its traceback, for ever.
        self.dead_letters_by_queue = defaultdict(NoLetters)

    def boot(self) -> None:
        """Begin to enforce time limits, which Dramatiq's own command line would do. Once in a broker's life."""
        self.emit_after("process_boot")


class NoLetters(list[MessageProxy]):
    """Takes dead letters and keeps none. What failed has been logged, and is sent again after its lease."""

    def append(self, _: MessageProxy) -> None:
        """Drop the message."""
