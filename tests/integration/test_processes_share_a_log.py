"""Several processes append to one file: they conflict cleanly, and who reads along misses nothing."""

import multiprocessing
from collections.abc import Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path

from events.log import EventLog, Recorded
from events.store.sqlite import open_sqlite_log
from tests.support.appending_process import PATIENCE, append_to_the_same_stream
from tests.support.example_events import STREAM

PROCESSES = ("first", "second")
APPENDS = 25


def read_along(log: EventLog, appending: Sequence[BaseProcess]) -> list[Recorded]:
    """Read in small batches while the processes append, and then the rest."""
    read: list[Recorded] = []
    while any(process.is_alive() for process in appending):
        read += log.after(read[-1].position if read else 0, limit=7)
    return read + log.after(read[-1].position, limit=10 * APPENDS)


def test_two_processes_open_a_new_log_and_append_to_one_stream(tmp_path: Path):
    path = tmp_path / "events.sqlite"
    fresh = multiprocessing.get_context("spawn")
    at_once = fresh.Barrier(len(PROCESSES) + 1)
    appending = [
        fresh.Process(target=append_to_the_same_stream, args=(path, name, APPENDS, at_once)) for name in PROCESSES
    ]
    for process in appending:
        process.start()
    at_once.wait(PATIENCE)

    log = open_sqlite_log(path)
    read = read_along(log, appending)

    for process in appending:
        process.join(PATIENCE)
    assert [process.exitcode for process in appending] == [0, 0]
    assert [recorded.event for recorded in read] == log.stream(STREAM)
    assert [recorded.event.originator_version for recorded in read] == list(range(1, 4 * APPENDS + 1))
    assert sorted(vars(recorded.event)["role_arn"] for recorded in read) == sorted(
        2 * [f"{name} {number}" for name in PROCESSES for number in range(APPENDS)]
    )
    log.close()
