"""How long it takes to compare two audits of 100,000 findings each, beside bare SQL joins; and how much memory."""

import random
import sqlite3
import sys
import tempfile
import tracemalloc
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from time import process_time

from events.check_shard import FINDINGS_PER_EVENT
from events.store.database import SqliteDatabase
from projections.audit_differences import AuditDifferences, Audits, DifferenceStatus
from projections.paging import Key, Page
from projections.read_models import ReadModels
from tests.support.events import EXPIRING, History, device_certificate, non_compliance, recorded, task_id
from tests.support.given import ACCOUNT

FINDINGS = 100_000
"""Of each audit."""
AUDITS = 4
"""The two lie among others."""
SHARE_NEW = 0.1

PAGE = 250

MOST_TIMES_A_JOIN = 3.0
"""For all of what is new and resolved, page by page, with everything that an answer says of a finding."""
MOST_MEGABYTES = 32.0

AUDITS_COMPARED = Audits(ACCOUNT, since=task_id(1), task_id=task_id(2))

BARE = """
    SELECT a.canonical_resource, a.reason_code, a.finding_id, b.finding_id FROM audit_findings a
    LEFT JOIN audit_findings b ON b.account = a.account AND b.task_id = ? AND b.check_name = a.check_name
        AND b.canonical_resource = a.canonical_resource AND b.reason_code = a.reason_code
    WHERE a.account = ? AND a.task_id = ?
"""


def main() -> None:
    """Measure, print, and exit with 1 if a limit was not kept."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "read-models.sqlite"
        with closing(SqliteDatabase(path, durable=False)) as database:
            models = ReadModels(database)
            _project(models)
            kept = _compare(models.audit_differences, path)
    sys.exit(0 if kept else 1)


def _project(models: ReadModels) -> None:
    """Audits of which each makes nine tenths of the findings that the one before it made, and as many new ones."""
    dice = random.Random(1)
    found = [dice.getrandbits(256) for _ in range(FINDINGS)]
    position = 0
    for audit in range(1, AUDITS + 1):
        history = History()
        history.task_started(task_id(audit))
        ordered = sorted(found)
        for number, first in enumerate(range(0, FINDINGS, FINDINGS_PER_EVENT)):
            findings = [
                non_compliance(device_certificate(each)) for each in ordered[first : first + FINDINGS_PER_EVENT]
            ]
            history.findings_recorded(findings, task=task_id(audit), batch=number)
        for first in range(0, len(history.events), 100):
            batch = recorded(history.events[first : first + 100], after=position)
            position = batch[-1].position
            models.take(batch, position)
        dice.shuffle(found)
        found[: round(FINDINGS * SHARE_NEW)] = [dice.getrandbits(256) for _ in range(round(FINDINGS * SHARE_NEW))]


def _compare(differences: AuditDifferences, path: Path) -> bool:
    with closing(sqlite3.connect(path)) as connection:
        parameters = [
            (since, ACCOUNT, task) for since, task in ((task_id(1), task_id(2)), (task_id(2), task_id(1)))
        ]
        bare = _best(lambda: [connection.execute(BARE, each).fetchall() for each in parameters])
    counted = _best(lambda: differences.counts(AUDITS_COMPARED))
    changes = _best(
        lambda: [_walk(differences, each) for each in (DifferenceStatus.NEW, DifferenceStatus.RESOLVED)]
    )
    everything = _best(partial(_walk, differences, None), times=1)
    megabytes = _megabytes(partial(_walk, differences, None))
    counts = differences.counts(AUDITS_COMPARED)[EXPIRING]
    _say(f"two audits of {FINDINGS:,} findings: {counts.new:,} new, {counts.resolved:,} resolved")
    _say(f"bare left joins, both ways   {bare:6.2f} s of processor time")
    _say(f"counts                       {counted:6.2f} s    {counted / bare:5.2f} of the joins")
    _say(
        f"new and resolved, by pages   {changes:6.2f} s    {changes / bare:5.2f}        limit: {MOST_TIMES_A_JOIN}"
    )
    _say(f"everything, by pages         {everything:6.2f} s    {everything / bare:5.2f}")
    _say(f"memory beside it             {megabytes:6.1f} MB             limit: {MOST_MEGABYTES} MB")
    return changes <= MOST_TIMES_A_JOIN * bare and megabytes <= MOST_MEGABYTES


def _walk(differences: AuditDifferences, status: DifferenceStatus | None) -> int:
    """Read a listing to its end."""
    after: Key | None = None
    number = 0
    while True:
        page = differences.differences(AUDITS_COMPARED, [EXPIRING], status, Page(PAGE, after))
        number += len(page.rows)
        if page.next is None:
            return number
        after = page.next


def _best(act: Callable[[], object], times: int = 3) -> float:
    measured = []
    for _ in range(times):
        before = process_time()
        act()
        measured.append(process_time() - before)
    return min(measured)


def _megabytes(act: Callable[[], object]) -> float:
    """Return the most that Python held at once; SQLite's pages are bounded by its cache."""
    tracemalloc.start()
    act()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most / 1e6


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
