"""The worker threads of the serving process start, and above all stop."""

import threading
from pathlib import Path
from queue import Queue

from events.vocabulary import CheckName, TaskId
from tests.support.fleet_in_memory import FleetInMemory
from tests.support.given import ACCOUNT
from tests.support.made_up_checks import REGISTRY
from tests.support.workshop import open_workshop
from workers.embedded import EmbeddedWorkers
from workers.messages import Sending
from workers.work_item import PLANNING, WorkItem

PLAN = Sending(WorkItem(ACCOUNT, TaskId("a" * 32), CheckName("NAMES_CHECK"), PLANNING), 1)


def test_workers_are_alive_from_their_start_to_their_stop(tmp_path: Path):
    with open_workshop(tmp_path, FleetInMemory([]), REGISTRY) as workshop:
        workers = EmbeddedWorkers(workshop.worker, threads=3)
        assert not workers.is_alive()
        workers.start()
        assert workers.is_alive()
        workers.stop()
        assert not workers.is_alive()


def test_stopping_ends_even_when_the_work_in_hand_does_not(tmp_path: Path):
    stuck: Queue[threading.Thread] = Queue()
    release = threading.Event()

    class StuckFleet(FleetInMemory):
        def current_version(self, _: object) -> int:
            stuck.put(threading.current_thread())
            release.wait()
            return 0

    with open_workshop(tmp_path, StuckFleet([]), REGISTRY) as workshop:
        workshop.start_audit("NAMES_CHECK")
        workers = EmbeddedWorkers(workshop.worker, threads=1, longest_stop=0.2)
        workers.start()
        workers.queue.send(PLAN)
        thread = stuck.get(timeout=10)
        workers.stop()
        assert thread.is_alive()
        release.set()
        thread.join(10)
        assert not thread.is_alive()


def test_what_was_sent_before_the_start_is_done_after_it(tmp_path: Path):
    with open_workshop(tmp_path, FleetInMemory([]), REGISTRY) as workshop:
        workshop.start_audit("NAMES_CHECK")
        seen = workshop.log.appended.rings
        workers = EmbeddedWorkers(workshop.worker, threads=1)
        workers.queue.send(PLAN)
        workers.start()
        assert workshop.log.appended.wait(seen, timeout=10) > seen
        workers.stop()
