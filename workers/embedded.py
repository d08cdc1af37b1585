"""The workers inside the serving process: Dramatiq's threads on queues in memory."""

from dramatiq import Worker as DramatiqWorker

from workers.actors import declare_actors
from workers.broker import EmbeddedBroker
from workers.dispatcher import MESSAGES_PER_THREAD
from workers.work_item import WorkItem
from workers.worker import Worker

IDLE_WAKE_UP = 100
"""Milliseconds after which Dramatiq's idle threads look around. New work wakes them at once; this bounds how
late a retry is, and how long they take to notice that they are to stop."""

COLLECTING_THREADS = 2
"""Apart from those that plan and judge. They wait for servers most of the time."""

LONGEST_STOP = 5.0
"""Seconds that `stop` waits for the work in hand. An actor notices within a fraction of a second."""


class EmbeddedWorkers:
    """Brokers and their worker threads. Started once and stopped once; then make another."""

    def __init__(self, worker: Worker, *, threads: int, longest_stop: float = LONGEST_STOP) -> None:
        self._worker = worker
        self._longest_stop = longest_stop
        judging, collecting = self._brokers = (EmbeddedBroker(), EmbeddedBroker())
        self._actors = declare_actors(judging, collecting, worker)
        self._crews = [
            DramatiqWorker(broker, worker_timeout=IDLE_WAKE_UP, worker_threads=number)
            for broker, number in ((judging, threads), (collecting, COLLECTING_THREADS))
        ]
        self.most_in_flight = (threads + COLLECTING_THREADS) * MESSAGES_PER_THREAD
        """How many messages the dispatcher is to have out at once, which also bounds the queue."""

    def send(self, item: WorkItem) -> None:
        """Put a message for a piece of work in the queue; never blocks."""
        self._actors.send(item)

    def start(self) -> None:
        """Begin to work."""
        for broker, crew in zip(self._brokers, self._crews, strict=True):
            broker.boot()
            crew.start()

    def is_alive(self) -> bool:
        """Whether every thread that was started is there to work."""
        return all(crew.workers and all(thread.is_alive() for thread in crew.workers) for crew in self._crews)

    def stop(self) -> None:
        """Abandon the work in hand and stop; always returns, within some seconds.

        What was in the queue is gone. The dispatcher knows of it, and sends it after the next start.
        """
        self._worker.stopping.set()
        for broker, crew in zip(self._brokers, self._crews, strict=True):
            crew.stop(round(self._longest_stop * 1000))
            broker.close()
