"""What it costs to chain the log, and to verify it beside a bare loop that reads and hashes; and the memory."""

import resource
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from events.check_shard import FINDINGS_PER_EVENT
from events.clock import SystemClock
from events.codec import EventMapper
from events.log import EventLog
from events.proof.leaf import leaf_of
from events.proof.note import Signer
from events.resource import NonCompliance, Resource
from events.store.database import SqliteDatabase
from events.store.sqlite import COLUMNS, ROW, SqliteRecorder, _row, open_sqlite_log
from events.store.stored_rows import StoredRows, sqlite_rows
from events.topics import TOPICS, UPCASTERS
from events.vocabulary import ResourceType
from tests.benchmarks.log_benchmark import CHANGED
from tests.support.events import History, non_compliance
from workers.chain.chaining import Chaining
from workers.chain.store import Chain
from workers.chain.verification import ROWS, Verification

SIGNER = Signer("benchmark", Ed25519PrivateKey.generate())
EVENTS = 1_000_000
MOST_MEGABYTES = 300
LEAST_RATIO = 0.5
MOST_COST = 0.05
SHARE = 5
"""Of the events of an audit one in so many has a full batch of findings: a check of 10,000 resources of which one
in twenty does not comply has two of them, and some eight small ones."""
ROUNDS = 5
APPENDS = 4_000


def main() -> None:
    """Measure, print, and exit with 1 if a limit was not kept."""
    with tempfile.TemporaryDirectory() as folder:
        kept = [
            _appending(Path(folder) / "appending"),
            _verifying(Path(folder) / "audits", 50_000, share=SHARE, limit=LEAST_RATIO),
            _verifying(Path(folder) / "small", EVENTS, share=0, limit=None),
        ]
        megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        kept.append(
            _shown(
                f"memory, {EVENTS:,} events chained and verified", f"{megabytes:.0f} MB", MOST_MEGABYTES, megabytes
            )
        )
    sys.exit(0 if all(kept) else 1)


def _shown(what: str, measured: str, limit: float | None, at_most: float) -> bool:
    is_kept = limit is None or at_most <= limit
    print(f"{what:66}{measured:>36}  {'' if is_kept else 'MISSED'}", flush=True)  # noqa: T201
    return is_kept


def _verifying(folder: Path, events: int, *, share: int, limit: float | None) -> bool:
    """Chain and verify a log of events, one in `share` of them a batch of findings; processor time of each."""
    folder.mkdir()
    _write(folder / "events.sqlite", events, share)
    with (
        closing(sqlite_rows(folder / "events.sqlite")) as rows,
        closing(SqliteDatabase(folder / "chain.sqlite")) as database,
    ):
        chaining = Chaining(rows, database, SIGNER, SystemClock())
        chain_time = _seconds(lambda: _chain(chaining))
        verification = Verification(rows, Chain(database.query), [SIGNER.key])
        verify_time = _seconds(lambda: _require_clean(verification, events))
        bare_time = _seconds(lambda: _read_and_hash(rows, events))
        sample = [leaf_of(row) for row in rows.after(0, 10_000)]
        in_memory = _seconds(lambda: _hash(sample)) * events / len(sample)
    what = f"{events:,} events" + (f", every {share}th with findings" if share else ", all small")
    _shown(f"chained, {what}", f"{events / chain_time:,.0f}/s", None, 0)
    ratio = bare_time / verify_time
    measured = f"{events / verify_time:,.0f}/s, {ratio:.2f} of a bare loop"
    _shown("the same beside a loop over bytes that are in memory", f"{in_memory / verify_time:.2f}", None, 0)
    return _shown(f"verified, {what}", measured, None if limit is None else -limit, -ratio)


def _chain(chaining: Chaining) -> None:
    while chaining.step():
        pass
    chaining.seal()


def _require_clean(verification: Verification, events: int) -> None:
    report = verification.run(lambda _: None)
    if not report.is_clean or report.valid != events:
        raise RuntimeError(f"{report.valid} of {events} events are valid.")


def _read_and_hash(rows: StoredRows, events: int) -> None:
    """The unavoidable part: fetch each event, and hash its state."""
    for first in range(0, events, ROWS):
        for row in rows.after(first, ROWS):
            sha256(row[4]).digest()


def _hash(leaves: list[bytes]) -> None:
    for leaf in leaves:
        sha256(leaf).digest()


def _write(path: Path, events: int, share: int) -> None:
    mapper = EventMapper(TOPICS, UPCASTERS)
    history = History()
    batch = [_finding() for _ in range(FINDINGS_PER_EVENT)]
    found = mapper.to_stored_event(history.findings_recorded(batch))
    small = _row(mapper.to_stored_event(CHANGED))
    large = _row(found)

    def row(number: int) -> tuple[Any, ...]:
        _, _, *rest = large if share and number % share == 0 else small
        return (number.to_bytes(16), 1, *rest)

    with closing(SqliteDatabase(path)) as database:
        SqliteRecorder(database)
        with database.transaction() as rows:
            rows.execute_many(f"INSERT INTO events ({COLUMNS}) VALUES {ROW}", map(row, range(1, events + 1)))


def _finding() -> NonCompliance:
    """Of a certificate with an id of its own, which is not to be compressed."""
    return non_compliance(
        Resource(ResourceType.DEVICE_CERTIFICATE, {"deviceCertificateId": uuid4().hex + uuid4().hex})
    )


def _appending(folder: Path) -> bool:
    """Append one event a save, then chain them: processor time of the one beside that of the other.

    The chain looks once a second, and a log that takes as many events in a second as it chains at once is busy; in
    one that takes fewer, a look costs some milliseconds of that second.
    """
    folder.mkdir()
    costs = []
    for number in range(ROUNDS):
        path = folder / f"{number}.sqlite"
        with (
            closing(open_sqlite_log(path)) as log,
            closing(sqlite_rows(path)) as rows,
            closing(SqliteDatabase(folder / f"chain-{number}.sqlite")) as database,
        ):
            appending = _seconds(partial(_append, log, number))
            costs.append(_seconds(partial(_chain, Chaining(rows, database, SIGNER, SystemClock()))) / appending)
    cost = median(costs)
    return _shown(
        f"appends of one event, {APPENDS:,}, chained as well", f"{100 * cost:.1f} % more", MOST_COST, cost
    )


def _append(log: EventLog, number: int) -> None:
    stream = UUID(int=number + 1)
    for version in range(1, APPENDS + 1):
        log.append([replace(CHANGED, originator_id=stream, originator_version=version)])


def _seconds(call: Callable[[], object]) -> float:
    begun = process_time()
    call()
    return process_time() - begun


if __name__ == "__main__":
    main()
