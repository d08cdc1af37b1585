"""The workers inside the serving process: Dramatiq's threads on queues in memory."""

from workers.broker import EmbeddedBroker
from workers.crews import COLLECTING_THREADS, LONGEST_STOP, Crews
from workers.dispatcher import MESSAGES_PER_THREAD
from workers.queue import BrokerQueue
from workers.worker import Worker

IDLE_WAKE_UP = 0.1
"""Seconds after which Dramatiq's idle threads look around. New work wakes them at once; this bounds how long they
take to notice that they are to stop."""


class EmbeddedWorkers:
    """Worker threads, and the queue to them. Started once and stopped once; then make another."""

    def __init__(self, worker: Worker, *, threads: int, longest_stop: float = LONGEST_STOP) -> None:
        self.brokers = broker, collecting_broker = EmbeddedBroker(), EmbeddedBroker()
        self._crews = Crews(
            worker,
            broker,
            collecting_broker,
            threads=threads,
            idle_wake_up=IDLE_WAKE_UP,
            longest_stop=longest_stop,
        )
        self.queue = BrokerQueue(broker, collecting_broker, worker.collecting_checks)
        """Where the dispatcher sends work. It never blocks."""
        self.most_in_flight = (threads + COLLECTING_THREADS) * MESSAGES_PER_THREAD
        """How many messages the dispatcher is to have out at once, which also bounds the queue."""

    def start(self) -> None:
        """Begin to work."""
        self._crews.start()

    def is_alive(self) -> bool:
        """Whether every thread that was started is there to work."""
        return self._crews.is_alive()

    def stop(self) -> None:
        """Abandon the work in hand and stop; always returns, within some seconds.

        What was in the queue is gone. The dispatcher knows of it, and sends it after the next start.
        """
        self._crews.stop()
