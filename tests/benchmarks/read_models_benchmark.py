"""How fast findings are projected, a task is described and a page of findings is read, each beside its limit."""

import random
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from time import perf_counter, process_time

from events.check_shard import FINDINGS_PER_EVENT, AuditFindingsRecorded
from events.log import Recorded
from events.store.database import SqliteDatabase
from projections.audit_findings import INSERT, AuditFindings, FindingFilter, ResourceMatch
from projections.audit_task_rows import DESCRIBE
from projections.paging import Page
from projections.read_models import ReadModels
from tests.support.events import (
    EXPIRING,
    LOGGING,
    History,
    device_certificate,
    non_compliance,
    recorded,
    task_id,
)
from tests.support.given import ACCOUNT

FINDINGS = 1_000_000
EVENTS_PER_TASK = 400
"""So that the findings come from 10 audits."""
EVENTS_PER_BATCH = 100

FINDINGS_PER_SECOND = 25_000
DESCRIBE_MICROSECONDS = 20.0
PAGE_MILLISECONDS = 5.0


def main() -> None:
    """Measure, print, and exit with 1 if a limit was not kept."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "read-models.sqlite"
        with closing(SqliteDatabase(path, durable=False)) as database:
            models = ReadModels(database)
            is_fast = [
                _projecting(models, Path(directory) / "bare.sqlite"),
                _describing(models, path),
                _paging(models),
            ]
    sys.exit(0 if all(is_fast) else 1)


def _projecting(models: ReadModels, bare: Path) -> bool:
    """Project the findings; between batches, insert the same rows into the same tables with nothing around it."""
    projected: list[float] = []
    inserted = processor = 0.0
    with closing(_bare_tables(bare)) as connection:
        for batch in _batches():
            before = process_time()
            projected.append(_seconds(partial(models.take, batch, batch[-1].position)))
            processor += process_time() - before
            events = [each.event for each in batch if isinstance(each.event, AuditFindingsRecorded)]
            rows = [row for event in events for row in models.audit_findings._rows(event)]
            inserted += _seconds(partial(_insert, connection, rows))
    mean, last = FINDINGS / sum(projected), EVENTS_PER_BATCH * FINDINGS_PER_EVENT / projected[-1]
    _say(f"findings projected   {mean:9,.0f}/s of {FINDINGS:,} (the last ones {last:,.0f}/s)")
    _say(f"  by processor time  {FINDINGS / processor:9,.0f}/s        which leaves out what else the machine did")
    _say(f"  bare executemany   {FINDINGS / inserted:9,.0f}/s        limit: at least {FINDINGS_PER_SECOND:,}/s")
    return mean >= FINDINGS_PER_SECOND


def _batches() -> Iterator[list[Recorded]]:
    history = History()
    dice = random.Random(1)
    for event in range(FINDINGS // FINDINGS_PER_EVENT):
        task, batch = task_id(event // EVENTS_PER_TASK), event % EVENTS_PER_TASK
        if batch == 0:
            history.task_started(task)
        # The first digits rise as within a shard, the others are as random as a digest.
        certificates = [batch * FINDINGS_PER_EVENT + number << 236 for number in range(FINDINGS_PER_EVENT)]
        findings = [non_compliance(device_certificate(each + dice.getrandbits(236))) for each in certificates]
        history.findings_recorded(findings, task=task, batch=batch)
        if event % EVENTS_PER_BATCH == EVENTS_PER_BATCH - 1:
            yield recorded(history.events, after=event * 2)
            history.events = []


def _bare_tables(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    for statement in AuditFindings.tables["audit_findings"]:
        connection.execute(statement)
    return connection


def _insert(connection: sqlite3.Connection, rows: list[tuple[object, ...]]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(INSERT, rows)
    connection.execute("COMMIT")


def _describing(models: ReadModels, path: Path) -> bool:
    """Describe one task again and again; beside it, the bare SELECT on a connection of its own."""
    describe = models.audit_tasks.describe
    with closing(sqlite3.connect(path)) as connection:
        bare = _microseconds(lambda: connection.execute(DESCRIBE, (ACCOUNT, task_id(3))).fetchall())
    described = _microseconds(lambda: describe(ACCOUNT, task_id(3)))
    _say(f"task described       {described:9.1f} µs")
    _say(f"  bare SELECT        {bare:9.1f} µs        limit: at most {DESCRIBE_MICROSECONDS} µs")
    return described <= DESCRIBE_MICROSECONDS


def _paging(models: ReadModels) -> bool:
    """Read pages from the midst of the list, by each filter."""
    listed = models.audit_findings.list
    middle = listed(ACCOUNT, FindingFilter(task_id=task_id(1)), Page(1)).rows[0].found_at
    certificate = ResourceMatch(listed(ACCOUNT, FindingFilter(), Page(1)).rows[0].resource.canonical)
    filters = {
        "no filter": FindingFilter(),
        "a time": FindingFilter(start_ms=0, end_ms=middle),
        "a task": FindingFilter(task_id=task_id(5)),
        "a check": FindingFilter(check_name=EXPIRING),
        "a task and a check": FindingFilter(task_id=task_id(5), check_name=EXPIRING),
        "a check that found nothing": FindingFilter(check_name=LOGGING),
        "a resource": FindingFilter(resources=[certificate]),
        "a resource in a task": FindingFilter(task_id=task_id(5), resources=[certificate]),
        "a policy's versions": FindingFilter(resources=[ResourceMatch("IOT_POLICY/policy/", is_prefix=True)]),
        "suppressed ones": FindingFilter(is_suppressed=True),
    }
    slowest = 0.0
    for name, wanted in filters.items():
        after = (middle, "8") if wanted.task_id is None else None
        pages = [partial(listed, ACCOUNT, wanted, Page(limit, after)) for limit in (25, 250)]
        small, large = (_microseconds(page, times=20) / 1000 for page in pages)
        _say(f"page by {name:27} {small:6.2f} ms of 25 {large:6.2f} ms of 250")
        slowest = max(slowest, small, large)
    _say(f"  slowest page {slowest:.2f} ms        limit: at most {PAGE_MILLISECONDS} ms")
    return slowest <= PAGE_MILLISECONDS


def _seconds(act: Callable[[], object]) -> float:
    beginning = perf_counter()
    act()
    return perf_counter() - beginning


def _microseconds(act: Callable[[], object], times: int = 5000) -> float:
    """Return how long one of many takes in the best of five rounds: what the machine's other work left it."""
    return min(_seconds(lambda: [act() for _ in range(times)]) for _ in range(5)) / times * 1e6


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201
