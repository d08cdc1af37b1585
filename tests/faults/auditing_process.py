"""A process that works on one audit in a directory until it is over, or until it is killed.

Run as `python -m tests.faults.auditing_process DIRECTORY THINGS BAD SHARD_SIZE THREADS`. Starts the audit unless
the directory has one. Prints the log's last position whenever that has moved, and `over` at the end.
"""

import sys
from pathlib import Path

from events.vocabulary import TaskId
from tests.support.fleet_in_memory import FleetInMemory
from tests.support.made_up_checks import REGISTRY
from tests.support.workshop import ENDINGS, Workshop, at_work, open_workshop

CHECKS = ("NAMES_CHECK", "OTHER_NAMES_CHECK")
TASK = TaskId("a" * 32)


def fleet(things: int, bad: int) -> FleetInMemory:
    """A fleet in which every `bad`th thing is."""
    return FleetInMemory([{"name": f"{'thing' if each % bad else 'bad'}{each:06}"} for each in range(things)])


def main(directory: Path, things: int, bad: int, shard_size: int, threads: int) -> None:
    """Work until the audit is over."""
    with (
        open_workshop(directory, fleet(things, bad), REGISTRY, shard_size) as workshop,
        at_work(workshop, directory, threads=threads),
    ):
        if not workshop.stream(TASK):
            workshop.start_audit(*CHECKS, task_id=TASK)
        tell_progress(workshop)


def tell_progress(workshop: Workshop) -> None:
    """Print how far the log is, until the audit's last event is in it."""
    rings = 0
    while not any(isinstance(event, ENDINGS) for event in workshop.stream(TASK)):
        print(workshop.log.last_position(), flush=True)  # noqa: T201 - its parent reads it
        rings = workshop.log.appended.wait(rings, timeout=0.5)
    print("over", flush=True)  # noqa: T201 - its parent reads it


if __name__ == "__main__":
    main(Path(sys.argv[1]), *(int(argument) for argument in sys.argv[2:]))
