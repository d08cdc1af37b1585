"""How fast the log takes commands and hands out events, each beside a bare loop over SQLite in the same run."""

import asyncio
import sqlite3
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from time import perf_counter
from uuid import uuid4

from events.application import Application, Judgement
from events.audit_account_events import ScheduledAuditChanged
from events.check_shard import FINDINGS_PER_EVENT, ShardId, ShardTally
from events.codec import EventMapper
from events.committer import Committer
from events.finding_batches import BATCHES_PER_SAVE
from events.follower import Follower
from events.log import EventLog, Recorded
from events.progress import Progress
from events.resource import NonCompliance, Resource
from events.scheduled_audit import Schedule
from events.store.sqlite import COLUMNS, ROW, SCHEMA, open_sqlite_log
from events.topics import TOPICS, UPCASTERS
from events.vocabulary import AuditFrequency, DayOfWeek, ResourceType, Severity
from tests.support.example_events import LOGGING, example
from tests.support.given import CAUSE
from tests.support.made_up_audits import DAILY, PATIENCE, TASK, configuration
from tests.support.made_up_catalogue import CATALOGUE, OPEN, ROTTING

ROUNDS = 5
COMMANDS = 3200
CLIENTS = 32
FINDINGS_PER_SAVE = BATCHES_PER_SAVE * FINDINGS_PER_EVENT
CHANGED = example(
    ScheduledAuditChanged,
    name="daily",
    schedule=Schedule(AuditFrequency.WEEKLY, day_of_week=DayOfWeek.MON),
    check_names=[LOGGING],
)
MAPPER = EventMapper(TOPICS, UPCASTERS)


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    what: str
    rate: float
    """A second."""
    bare: float
    """What the bare loop does, a second."""
    limit: float | None = None
    """The lowest ratio of the two."""

    @property
    def is_kept(self) -> bool:
        return self.limit is None or self.rate / self.bare >= self.limit

    def __str__(self) -> str:
        limit = "" if self.limit is None else f"at least {self.limit}{'' if self.is_kept else '  MISSED'}"
        return f"{self.what:58}{self.rate:12,.0f}/s{self.bare:12,.0f}/s{self.rate / self.bare:8.2f}  {limit}"


def main() -> None:
    """Measure, print, and exit with 1 if a limit was not kept."""
    print(f"{'':58}{'':>14}{'bare loop':>14}{'ratio':>8}")  # noqa: T201
    with tempfile.TemporaryDirectory() as folder:
        lines = [*_commands(Path(folder)), *_replay(Path(folder)), _mapping()]
    sys.exit(0 if all(line.is_kept for line in lines) else 1)


def _shown(line: Line) -> Line:
    print(line, flush=True)  # noqa: T201
    return line


def _commands(folder: Path) -> list[Line]:
    """Changes of one scheduled audit, and findings, between rounds of one row a transaction."""
    with closing(open_sqlite_log(folder / "events.sqlite")) as log, closing(_bare(folder)) as bare:
        committer = Committer(log)
        committer.start()
        follower = Follower(log, _Counting())
        follower.start()
        application = Application(committer, CATALOGUE, "us-east-1")
        application.update_account_audit_configuration(configuration(ROTTING, OPEN), CAUSE).result(PATIENCE)
        application.create_scheduled_audit(DAILY, CAUSE).result(PATIENCE)
        application.start_on_demand_audit_task(TASK, [ROTTING], CAUSE).result(PATIENCE)
        rates: dict[str, list[float]] = {}
        for number in range(ROUNDS):
            measured = {
                "bare": _insert_one_by_one(bare, COMMANDS // 4),
                "one": _change_from_threads(application, 1, COMMANDS // 8),
                "threads": _change_from_threads(application, CLIENTS, COMMANDS),
                "coroutines": asyncio.run(_change_from_coroutines(application, follower.progress, COMMANDS)),
                "findings": _judge(application, number),
            }
            for name, rate in measured.items():
                rates.setdefault(name, []).append(rate)
        committer.stop()
        follower.stop()
    middle = {name: median(each) for name, each in rates.items()}
    return [
        _shown(Line("UpdateScheduledAudit, 1 thread", middle["one"], middle["bare"])),
        _shown(Line(f"UpdateScheduledAudit, {CLIENTS} threads", middle["threads"], middle["bare"], 1.0)),
        _shown(
            Line(
                f"UpdateScheduledAudit, {CLIENTS} coroutines, followed", middle["coroutines"], middle["bare"], 1.0
            )
        ),
        _shown(Line(f"findings, {FINDINGS_PER_SAVE} a judgement", middle["findings"], middle["bare"], 5.0)),
    ]


def _bare(folder: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(folder / "bare.sqlite", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(SCHEMA)
    return connection


def _insert_one_by_one(connection: sqlite3.Connection, rows: int) -> float:
    """Insert rows like the log's, made beforehand, each in a transaction of its own; return rows a second."""
    stored = MAPPER.to_stored_event(CHANGED)
    values = [
        (
            uuid4().bytes,
            1,
            stored.topic,
            stored.state,
            stored.account_id,
            stored.recorded_at,
            stored.event_id.bytes,
        )
        for _ in range(rows)
    ]
    begun = perf_counter()
    for row in values:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(f"INSERT INTO events ({COLUMNS}) VALUES {ROW}", row)
        connection.execute("COMMIT")
    return rows / (perf_counter() - begun)


def _day(number: int) -> dict[str, object]:
    """Another day each time, so that every command changes something."""
    return {"frequency": AuditFrequency.WEEKLY, "day_of_week": list(DayOfWeek)[number % 7]}


def _change_from_threads(application: Application, clients: int, commands: int) -> float:
    def change() -> None:
        for number in range(commands // clients):
            application.update_scheduled_audit("daily", _day(number), [ROTTING, OPEN], CAUSE).result(PATIENCE)

    threads = [threading.Thread(target=change) for _ in range(clients)]
    return commands / _seconds(lambda: _run(threads))


def _run(threads: Sequence[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


async def _change_from_coroutines(application: Application, progress: Progress, commands: int) -> float:
    """As the front end does: go on when a follower, too, has passed the command."""

    async def change() -> None:
        for number in range(commands // CLIENTS):
            command = application.update_scheduled_audit("daily", _day(number), [ROTTING, OPEN], CAUSE)
            await progress.outcome(command, PATIENCE)

    begun = perf_counter()
    await asyncio.gather(*[change() for _ in range(CLIENTS)])
    return commands / (perf_counter() - begun)


def _judge(application: Application, shard: int) -> float:
    """Record the findings of a shard, as a certificate check makes them; return findings a second."""
    findings = [
        NonCompliance(
            Resource(ResourceType.DEVICE_CERTIFICATE, {"deviceCertificateId": uuid4().hex * 2}),
            "CERTIFICATE_PAST_EXPIRATION",
            "The certificate expired on 2025-12-31.",
            {"CERTIFICATE_EXPIRATION": "2025-12-31T23:59:59Z"},
        )
        for _ in range(FINDINGS_PER_SAVE)
    ]
    judgement = Judgement(findings, ShardTally(10_000, len(findings)), Severity.MEDIUM)
    return len(findings) / _seconds(
        lambda: application.record_judgement(ShardId(TASK, ROTTING, shard), judgement, CAUSE)
    )


class _Counting:
    """A following that does nothing but count."""

    def __init__(self) -> None:
        self.name = "counting"
        self.events = 0

    def position(self) -> int:
        return 0

    def take(self, recorded: Sequence[Recorded], position: int) -> None:  # noqa: ARG002 - the protocol's
        self.events += len(recorded)

    def idle(self) -> None:
        pass


def _replay(folder: Path) -> list[Line]:
    """What a follower reads of a long log, beside the same rows fetched and left as they are."""
    path = folder / "long.sqlite"
    with closing(open_sqlite_log(path)) as log:
        stream = uuid4()
        for first in range(1, 40_000, 1000):
            log.append([replace(CHANGED, originator_id=stream, originator_version=first + n) for n in range(1000)])
        rates, bare = [], []
        for _ in range(ROUNDS):
            rates.append(40_000 / _seconds(lambda: _follow(log)))
            bare.append(40_000 / _seconds(lambda: _fetch(path)))
    return [_shown(Line("events replayed by a follower (bare: fetched)", median(rates), median(bare), 0.08))]


def _follow(log: EventLog) -> None:
    counting = _Counting()
    follower = Follower(log, counting)
    follower.start()
    follower.wait_until(log.last_position(), PATIENCE)
    follower.stop()
    if counting.events != log.last_position():
        raise RuntimeError(f"The follower took {counting.events} events of {log.last_position()}.")


def _fetch(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        position = 0
        while rows := connection.execute(
            "SELECT stream, version, topic, state, position FROM events"
            " WHERE position > ? ORDER BY position LIMIT 500",
            (position,),
        ).fetchall():
            position = rows[-1][-1]


def _mapping() -> Line:
    """Microseconds of the mapper, for who wants to know where the time goes; no limit."""
    stored = MAPPER.to_stored_event(CHANGED)
    write = 20_000 / _seconds(lambda: [MAPPER.to_stored_event(CHANGED) for _ in range(20_000)])
    read = 20_000 / _seconds(lambda: [MAPPER.to_domain_event(stored) for _ in range(20_000)])
    return _shown(Line("events written by the mapper (bare: read)", write, read))


def _seconds(call: Callable[[], object]) -> float:
    begun = perf_counter()
    call()
    return perf_counter() - begun


if __name__ == "__main__":
    main()
