"""How fast read models are rebuilt and verified on either database, findings counted singly, and in what memory.

All of them, from the log's first position to the moment when they serve. A finding makes rows in two read models.
"""

import multiprocessing
import resource
import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time

from events.clock import SystemClock
from events.log import EventLog
from projections.read_models import ReadModels
from service.migrating import migrate
from service.rebuilding import NAMES, read_model_care
from service.settings import Settings
from service.stores import log_of, stores_of_a_role
from tests.benchmarks.read_models_benchmark import FINDINGS, _batches
from tests.support.postgresql_server import running_postgresql

EVENTS_A_SAVE = 20

A_SECOND_ON_SQLITE = 50_000
A_SECOND_ON_POSTGRESQL = 20_000
MOST_MEBIBYTES = 300


def main() -> None:
    """Measure, print, and exit with 1 if a limit was not kept."""
    with tempfile.TemporaryDirectory() as directory:
        is_fast = [_measured("SQLite", Settings(data_directory=Path(directory)), A_SECOND_ON_SQLITE)]
    with running_postgresql(fsync="on", shared_buffers="256MB") as server:
        list(migrate(server.url()))
        is_fast.append(_measured("PostgreSQL", Settings(database_url=server.url()), A_SECOND_ON_POSTGRESQL))
    sys.exit(0 if all(is_fast) else 1)


def _measured(where: str, settings: Settings, limit: int) -> bool:
    """In a process of its own, whose memory is that of the rebuild alone."""
    with stores_of_a_role(settings) as stores:
        ReadModels(stores.read_models)
    with log_of(settings) as log:
        _write(log)
    with multiprocessing.get_context("spawn").Pool(1) as processes:
        return processes.apply(_rebuilt_and_verified, (where, settings, limit))


def _write(log: EventLog) -> None:
    for batch in _batches():
        events = [each.event for each in batch]
        for first in range(0, len(events), EVENTS_A_SAVE):
            log.append(events[first : first + EVENTS_A_SAVE])


def _rebuilt_and_verified(where: str, settings: Settings, limit: int) -> bool:
    rates = []
    with read_model_care(settings, SystemClock()) as care:
        for what, work in (("rebuilt", care.rebuild), ("verified", care.verify)):
            began, used = perf_counter(), process_time()
            work(NAMES, lambda *_: None)
            rates.append(FINDINGS / (perf_counter() - began))
            own = FINDINGS / (process_time() - used)
            _say(f"{where:11} {what:9} {rates[-1]:9,.0f} findings/s  (by processor time of its own {own:9,.0f}/s)")
    mebibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    _say(f"  limit: rebuilt at least {limit:,}/s; peak memory {mebibytes:.0f} MiB (at most {MOST_MEBIBYTES} MiB)")
    return rates[0] >= limit and mebibytes <= MOST_MEBIBYTES


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201
