"""The workers inside the serving process: Dramatiq's threads on a queue in memory."""

from dramatiq import Worker as DramatiqWorker

from workers.actors import declare_actors
from workers.broker import EmbeddedBroker
from workers.dispatcher import MESSAGES_PER_THREAD
from workers.work_item import WorkItem
from workers.worker import Worker

IDLE_WAKE_UP = 100
"""Milliseconds after which Dramatiq's idle threads look around. New work wakes them at once; this bounds how
late a retry is, and how long they take to notice that they are to stop."""

LONGEST_STOP = 5.0
"""Seconds that `stop` waits for the work in hand. An actor notices within a fraction of a second."""


class EmbeddedWorkers:
    """A broker and its worker threads. Started once and stopped once; then make another."""

    def __init__(self, worker: Worker, *, threads: int, longest_stop: float = LONGEST_STOP) -> None:
        self._worker = worker
        self._longest_stop = longest_stop
        self._broker = EmbeddedBroker()
        self._actors = declare_actors(self._broker, worker)
        self._threads = DramatiqWorker(self._broker, worker_timeout=IDLE_WAKE_UP, worker_threads=threads)
        self.most_in_flight = threads * MESSAGES_PER_THREAD
        """How many messages the dispatcher is to have out at once, which also bounds the queue."""

    def send(self, item: WorkItem) -> None:
        """Put a message for a piece of work in the queue; never blocks."""
        self._actors.send(item)

    def start(self) -> None:
        """Begin to work."""
        self._broker.boot()
        self._threads.start()

    def is_alive(self) -> bool:
        """Whether every thread that was started is there to work."""
        return bool(self._threads.workers) and all(thread.is_alive() for thread in self._threads.workers)

    def stop(self) -> None:
        """Abandon the work in hand and stop; always returns, within some seconds.

        What was in the queue is gone. The dispatcher knows of it, and sends it after the next start.
        """
        self._worker.stopping.set()
        self._threads.stop(round(self._longest_stop * 1000))
        self._broker.close()
