"""Dramatiq's worker threads on two brokers: the same in the embedded service and in a worker process."""

import threading

from dramatiq import Worker as DramatiqWorker

from workers.actors import declare_actors
from workers.queue import QueueBroker
from workers.worker import Worker

COLLECTING_THREADS = 2
"""Apart from those that plan and judge. They wait for servers most of the time."""

LONGEST_STOP = 5.0
"""Seconds that `stop` waits for work that was abandoned. An actor notices within a fraction of a second."""


class Crews:
    """Brokers and their worker threads. Started once and stopped once; then make another."""

    def __init__(
        self,
        worker: Worker,
        broker: QueueBroker,
        collecting_broker: QueueBroker,
        *,
        threads: int,
        idle_wake_up: float,
        longest_stop: float = LONGEST_STOP,
    ) -> None:
        """Make the threads; `idle_wake_up` is after how many seconds they look around when there is nothing."""
        self._worker = worker
        self._longest_stop = longest_stop
        self._brokers = (broker, collecting_broker)
        declare_actors(broker, collecting_broker, worker)
        self._crews = [
            DramatiqWorker(of, worker_timeout=round(idle_wake_up * 1000), worker_threads=number)
            for of, number in ((broker, threads), (collecting_broker, COLLECTING_THREADS))
        ]
        for crew in self._crews:
            # What one process has taken, another can't do meanwhile. So no more than the next message a thread.
            crew.queue_prefetch = 2 * crew.worker_threads
            crew.delay_prefetch = 1

    def start(self) -> None:
        """Begin to work."""
        for broker, crew in zip(self._brokers, self._crews, strict=True):
            broker.boot()
            crew.start()

    def is_alive(self) -> bool:
        """Whether every thread that was started is there to work."""
        return all(crew.workers and all(thread.is_alive() for thread in crew.workers) for crew in self._crews)

    def stop(self, *, patience: float = 0.0) -> None:
        """Take no more work; abandon what is in hand after `patience` seconds. Always returns, within some more.

        What was taken and not begun, and what was abandoned, goes back into the queue.
        """
        abandoning = threading.Timer(patience, self._worker.stopping.set)
        abandoning.start()
        longest = round((patience + self._longest_stop) * 1000)
        stopping = [threading.Thread(target=crew.stop, args=[longest]) for crew in self._crews]
        for thread in stopping:
            thread.start()
        for thread in stopping:
            thread.join()
        abandoning.cancel()
        self._worker.stopping.set()
        for broker in self._brokers:
            broker.close()
