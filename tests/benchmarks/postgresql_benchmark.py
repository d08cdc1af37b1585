"""How fast the log and the read models are on PostgreSQL, each beside bare statements on the same server."""

import sys
from collections.abc import Callable, Iterable
from contextlib import closing
from functools import partial
from itertools import islice
from statistics import median
from time import perf_counter, process_time

import psycopg

from events.application import Application
from events.committer import Committer
from events.log import Recorded
from events.store.postgresql import open_postgresql_log
from events.store.postgresql_database import PostgresqlDatabase
from projections.read_models import ReadModels
from service.migrating import migrate
from tests.benchmarks.bare_inserts import BareInserts, events
from tests.benchmarks.log_benchmark import CLIENTS, MAPPER, Line, _change_from_threads, _shown
from tests.benchmarks.processor_time import processor_seconds
from tests.benchmarks.read_models_benchmark import FINDINGS_PER_SECOND, _batches
from tests.support.given import CAUSE
from tests.support.made_up_audits import DAILY, PATIENCE, configuration
from tests.support.made_up_catalogue import CATALOGUE, OPEN, ROTTING
from tests.support.postgresql_server import running_postgresql

ROUNDS = 5
COMMANDS = 3200
ROWS_ALONE = 1000
BATCHES = 20
EVENTS_A_BATCH = 1000
FINDINGS = 300_000


def main() -> None:
    """Measure, print, and exit with 1 if a limit was not kept."""
    with running_postgresql(fsync="on", shared_buffers="256MB") as server:
        url = server.url()
        list(migrate(url))
        with closing(psycopg.connect(url, autocommit=True)) as bare:
            inserts = BareInserts(bare)
            print(f"{'':58}{'':>14}{'bare':>14}{'ratio':>8}")  # noqa: T201
            is_fast = [line.is_kept for line in (_commands(url, inserts), *_saves(url, inserts))]
        is_fast.append(_projecting(url))
    sys.exit(0 if all(is_fast) else 1)


def _commands(url: str, bare: BareInserts) -> Line:
    """Commands of many clients at once through one process, between rounds of one row a transaction."""
    with closing(open_postgresql_log(url)) as log:
        committer = Committer(log)
        committer.start()
        application = Application(committer, CATALOGUE, "us-east-1")
        application.update_account_audit_configuration(configuration(ROTTING, OPEN), CAUSE).result(PATIENCE)
        application.create_scheduled_audit(DAILY, CAUSE).result(PATIENCE)
        rates, alone = [], []
        for _ in range(ROUNDS):
            alone.append(bare.one_by_one(ROWS_ALONE))
            rates.append(_change_from_threads(application, CLIENTS, COMMANDS))
        committer.stop()
    what = f"UpdateScheduledAudit, {CLIENTS} threads (bare: a row a transaction)"
    return _shown(Line(what, median(rates), median(alone), 1.0))


def _saves(url: str, bare: BareInserts) -> list[Line]:
    """Batches of events, between rounds of one INSERT of as many rows."""
    saved, recorded, inserted = [], [], []
    with closing(open_postgresql_log(url)) as log:
        for _ in range(BATCHES):
            inserted.append(bare.at_once(EVENTS_A_BATCH))
            saved.append(EVENTS_A_BATCH / _seconds(partial(log.append, events(EVENTS_A_BATCH))))
            stored = [MAPPER.to_stored_event(event) for event in events(EVENTS_A_BATCH)]
            recorded.append(EVENTS_A_BATCH / _seconds(partial(log._recorder.insert_events, stored)))
    one_insert = median(inserted)
    what = f"batches of {EVENTS_A_BATCH:,} events"
    return [
        _shown(Line(f"{what} (bare: one INSERT of as many rows)", median(saved), one_insert, 0.7)),
        _shown(Line(f"{what}, written by the mapper before", median(recorded), one_insert)),
    ]


def _projecting(url: str) -> bool:
    """Findings into the read models, in batches as a follower takes them."""
    seconds, findings, own = 0.0, 0, 0.0
    with closing(PostgresqlDatabase(url, "read_models", durable=False, most_connections=1)) as database:
        [(backend,)] = database.query("SELECT pg_backend_pid()")
        models = ReadModels(database)
        for batch in _until(FINDINGS, _batches()):
            before = process_time()
            seconds += _seconds(partial(models.take, batch, batch[-1].position))
            own += process_time() - before
            findings += sum(len(getattr(each.event, "findings", ())) for each in batch)
        processor = own + processor_seconds(backend)
    rate = findings / seconds
    print(f"findings projected by processor time of both sides {findings / processor:,.0f}/s")  # noqa: T201
    print(f"findings projected {rate:,.0f}/s of {findings:,}   limit: at least {FINDINGS_PER_SECOND:,}/s")  # noqa: T201
    return rate >= FINDINGS_PER_SECOND


def _until(findings: int, batches: Iterable[list[Recorded]]) -> Iterable[list[Recorded]]:
    remaining = iter(batches)
    while findings > 0 and (some := list(islice(remaining, 1))):
        findings -= sum(len(getattr(each.event, "findings", ())) for each in some[0])
        yield some[0]


def _seconds(act: Callable[[], object]) -> float:
    beginning = perf_counter()
    act()
    return perf_counter() - beginning
