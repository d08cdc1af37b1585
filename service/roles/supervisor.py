"""Runs a worker's processes: starts them, starts again what died, and stops them together.

Not Dramatiq's command line: that takes its broker from an importable global, ends all processes when one dies, and
gives them ten minutes to stop (docs/decisions/0010-roles-and-a-queue-in-redis.md).
"""

import logging
import multiprocessing
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess

Run = Callable[[int, threading.Event], None]
"""What a process does, given its number, until the event is set. It must be importable by name."""

LONGEST_STOP = 9.5
"""Seconds that processes have to stop, before they are ended."""

PAUSE = 1.0
"""Seconds before a process that died is started again."""

logger = logging.getLogger(__name__)


@dataclass
class _Place:
    """One of the processes, and when to start it again."""

    number: int
    process: BaseProcess | None = None
    start_at: float = 0.0

    def note_end(self) -> None:
        """The process has ended by itself."""
        if self.process is not None:
            self.process.join()
            logger.error("Process %d ended with %s, and is started again.", self.number, self.process.exitcode)
        self.process, self.start_at = None, time.monotonic() + PAUSE


def supervise(number: int, run: Run, stopped: threading.Event) -> bool:
    """Run so many processes until `stopped` is set; tell whether all of them stopped in time.

    They end also when this process is killed.
    """
    context = multiprocessing.get_context("spawn")
    places = [_Place(each) for each in range(number)]
    while not stopped.is_set():
        for place in places:
            if place.process is None and time.monotonic() >= place.start_at:
                place.process = context.Process(
                    target=_run, args=(run, place.number), name=f"worker {place.number}"
                )
                place.process.start()
        alive = {place.process.sentinel: place for place in places if place.process is not None}
        for sentinel in wait(list(alive), timeout=PAUSE / 4):
            alive[sentinel].note_end()  # type: ignore[index]
    return _stop([place.process for place in places if place.process is not None])


def _stop(processes: list[BaseProcess]) -> bool:
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + LONGEST_STOP
    for process in processes:
        process.join(max(0.0, deadline - time.monotonic()))
    late = [process for process in processes if process.is_alive()]
    for process in late:
        logger.error("%s did not stop in time, and was ended.", process.name)
        process.kill()
        process.join()
    return not late


def _stop_after(parent: BaseProcess, stopped: threading.Event) -> None:
    parent.join()
    stopped.set()


def _run(run: Run, number: int) -> None:
    """In the new process: stop when told to, and when nobody is there to tell."""
    stopped = threading.Event()
    for asked in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked, lambda *_: stopped.set())
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_stop_after, args=(parent, stopped), daemon=True).start()
    run(number, stopped)
