"""Eight processes write to one log in PostgreSQL, and who reads along misses nothing and sees it in its order."""

import multiprocessing
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from itertools import pairwise
from multiprocessing.process import BaseProcess

from eventsourcing.persistence import Notification

from events.store.postgresql import PostgresqlRecorder, open_postgresql_recorder
from tests.support.saving_process import PATIENCE, save_again_and_again

WRITERS = 8
SAVES = 200


def tail(recorder: PostgresqlRecorder, writing: Sequence[BaseProcess]) -> list[Notification]:
    """Read without a pause while they write, always after the last position seen, and then the rest."""
    read: list[Notification] = []
    while True:
        are_writing = any(process.is_alive() for process in writing)
        last = read[-1].id if read else 0
        some = recorder.select_notifications(last, 1000, inclusive_of_start=False)
        read += some
        if not some and not are_writing:
            return read


def test_who_tails_the_log_of_eight_writing_processes_misses_nothing(migrated_url):
    fresh = multiprocessing.get_context("spawn")
    at_once = fresh.Barrier(WRITERS)
    writing = [
        fresh.Process(target=save_again_and_again, args=(migrated_url, writer, SAVES, at_once))
        for writer in range(WRITERS)
    ]
    for process in writing:
        process.start()
    with closing(open_postgresql_recorder(migrated_url)) as recorder:
        read = tail(recorder, writing)
        everything = recorder.select_notifications(None, 10 * WRITERS * SAVES)
    for process in writing:
        process.join(PATIENCE)

    assert [process.exitcode for process in writing] == [0] * WRITERS
    assert read == everything
    assert all(earlier.id < later.id for earlier, later in pairwise(read))
    saves = defaultdict(list)
    for event in read:
        saves[event.topic].append(int(event.state))
    assert len(saves) == WRITERS
    for seen in saves.values():
        assert seen == sorted(seen)
        assert sorted(set(seen)) == list(range(SAVES))
    turns = sum(earlier.topic != later.topic for earlier, later in pairwise(read))
    assert turns > WRITERS * SAVES / 10, "They did not write at the same time."
