"""A million connections through the two checks of connections, in processor time and memory.

Each check runs as a worker runs it, shard by shard over the store, against a bare SELECT of the same columns in
the same order by the sqlite3 module. One certificate in a hundred is shared, and one client ID in a hundred
disputed.
"""

import hashlib
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from events.clock import epoch_milliseconds
from events.store.database import SqliteDatabase
from events.vocabulary import AccountId, AuditTaskType
from tests.support.fake_clock import FakeClock
from workers.checks import REGISTRY, checks_of_connections
from workers.checks.check import Check, Circumstances
from workers.judging.look_back import Window
from workers.presence.connections import Presence
from workers.presence.presence_event import PresenceEvent
from workers.presence.store import PresenceStore
from workers.run_check import judge
from workers.watched_rows import WatchedRows
from workers.worker import SHARD_SIZE

ACCOUNT = AccountId("123456789012")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
NOW_MS = epoch_milliseconds(NOW)

CONNECTIONS = 1_000_000
OF_A_DEVICE = 50
"""Connections of one device, one after the other, in the month that is looked at."""
DEVICES = CONNECTIONS // OF_A_DEVICE
ONE_IN = 100
APART = 12 * 3_600_000
LASTING = 11 * 3_600_000
ROUNDS = 3

MOST_TIMES_A_BARE_SELECT = 3.0
MOST_MEBIBYTES = 300


def main() -> None:
    """Print what was measured; end with status 1 if it is beyond its limits."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "presence.sqlite"
        database = SqliteDatabase(path, durable=False)
        store = PresenceStore(database, FakeClock(NOW))
        recording = seconds(lambda: fill(store))
        print(f"recording {2 * CONNECTIONS:,} events: {recording:.1f} s, {path.stat().st_size / 2**20:,.0f} MiB")  # noqa: T201
        presence = Presence(database, store)
        is_within = [measure(REGISTRY[name], presence, path) for name in sorted(checks_of_connections())]
        database.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MiB  (limit {MOST_MEBIBYTES})")  # noqa: T201
    if not all(is_within) or peak > MOST_MEBIBYTES:
        sys.exit(1)


def fill(store: PresenceStore) -> None:
    """Record the connections device by device, which is quick: rows that lie together are written together."""
    batch: list[PresenceEvent] = []
    for event in events():
        batch.append(event)
        if len(batch) == 5_000:
            store.record(ACCOUNT, batch)
            batch = []
    store.record(ACCOUNT, batch)


def events() -> Iterator[PresenceEvent]:
    for device in range(DEVICES):
        # Of each hundred devices the first has the certificate of the second, and is knocked off every time.
        is_bad = device % ONE_IN == 0
        certificate = hashlib.sha256(str(device + is_bad).encode()).hexdigest()
        for number in range(OF_A_DEVICE):
            began_at = NOW_MS - (OF_A_DEVICE - number) * APART + device
            told = (f"device-{device:06}", certificate, f"session-{number}", number)
            yield PresenceEvent(*told, is_connect=True, at=began_at)
            yield PresenceEvent(*told, is_connect=False, at=began_at + LASTING, was_displaced=is_bad)


def measure(check: Check, presence: Presence, path: Path) -> bool:
    """Print the medians for one check and tell whether they are within its limit."""
    assert check.looks_back is not None
    window = check.looks_back.window(AuditTaskType.ON_DEMAND, NOW, None)
    found = run(check, presence, window)
    if found != DEVICES // ONE_IN:
        print(f"{check.name} has {found} findings")  # noqa: T201
        return False
    columns, key = ", ".join(check.examines.columns), check.examines.kind.key
    query = f"SELECT {columns} FROM connections WHERE account = ? ORDER BY {key}, began_at"
    reading = sqlite3.connect(path)
    measured = [
        (seconds(lambda: read(reading, query)), seconds(lambda: run(check, presence, window)))
        for _ in range(ROUNDS)
    ]
    reading.close()
    select = statistics.median(each for each, _ in measured)
    checking = statistics.median(each for _, each in measured)
    times = checking / select
    print(f"{check.name:<32} {checking:6.2f} s  {times:5.2f} x a bare SELECT  (limit {MOST_TIMES_A_BARE_SELECT})")  # noqa: T201
    return times <= MOST_TIMES_A_BARE_SELECT


def read(connection: sqlite3.Connection, query: str) -> None:
    rows = connection.execute(query, (ACCOUNT,))
    while rows.fetchmany(5_000):
        pass


def run(check: Check, presence: Presence, window: Window) -> int:
    """Plan and judge as a worker does, and return how many findings there are."""
    source = presence.during(window)
    version = source.current_version(ACCOUNT)
    circumstances = Circumstances(ACCOUNT, "us-east-1", NOW, window=window)
    bounds = source.shard_bounds(ACCOUNT, check.examines, version, SHARD_SIZE)
    findings = 0
    for after, up_to in zip([None, *bounds], bounds, strict=False):
        rows = source.rows(ACCOUNT, check.examines, version, after, up_to)
        watched = WatchedRows(rows, lambda: True, time.monotonic, key_at=check.examines.key_at)
        findings += len(judge(check, watched, circumstances).findings)
    return findings


def seconds(work: Callable[[], object]) -> float:
    """Of the processor, since the machine may be shared."""
    began = time.process_time()
    work()
    return time.process_time() - began


if __name__ == "__main__":
    main()
