"""Takes out of the read models what is older than the retention, in transactions that are small.

An audit goes as one, with its findings, when it ended so long ago; so one that is in progress stays whole, however
long ago it began. The audit's own row goes last: a process that is killed in between goes on where it was, and
nobody is told of findings without their audit. To fill the tables anew and prune again leaves the same rows.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice

from events.clock import Clock, epoch_milliseconds
from events.errors import StoreUnavailable
from events.store.database import Database
from events.vocabulary import AccountId, TaskId
from projections.finding_identities import forget_absent

ROWS_A_TRANSACTION = 500
"""Findings have seven indexes: so many take some hundredths of a second."""

TRANSACTIONS_AT_ONCE = 4
"""Between two looks at the log, so that nobody waits long for an answer to what was commanded."""

BETWEEN_LOOKS = timedelta(minutes=1)

BETWEEN_WALKS = timedelta(days=1)
"""Through all findings that there ever were, for those that have been absent for long."""

Pruned = Callable[[str, int], None]
"""Told what kind of rows were pruned, and how many."""


class ReadModelPruning:
    """Prunes a little at a time. What is pruned but late is not shown meanwhile: answers look at the time too."""

    def __init__(self, database: Database, clock: Clock, retention: timedelta, pruned: Pruned) -> None:
        self._database = database
        self._clock = clock
        self._retention = retention
        self._pruned = pruned
        self._pruning: Iterator[None] | None = None
        self._next_look: datetime | None = None
        self._next_walk: datetime | None = None

    def step(self) -> None:
        """Go on, or look once a minute whether there is anything to do. Raise StoreUnavailable: later."""
        if self._pruning is None:
            now = self._clock.now()
            if self._next_look is not None and now < self._next_look:
                return
            self._next_look = now + BETWEEN_LOOKS
            self._pruning = self._prune(now)
        try:
            done = sum(1 for _ in islice(self._pruning, TRANSACTIONS_AT_ONCE))
        except StoreUnavailable:
            self._pruning = self._next_look = None
            raise
        if done < TRANSACTIONS_AT_ONCE:
            self._pruning = None

    def _prune(self, now: datetime) -> Iterator[None]:
        up_to = epoch_milliseconds(now - self._retention)
        while ended := self._database.query(ENDED, (up_to,)):
            for account, task_id in ended:
                yield from self._prune_audit(account, task_id)
        with self._database.transaction() as rows:
            self._pruned("check_results", len(rows.execute(FORGET_RESULTS, (up_to,))))
        if self._next_walk is None or now >= self._next_walk:
            for gone in forget_absent(self._database, epoch_milliseconds(now)):
                if gone:
                    self._pruned("finding_identities", gone)
                yield
            self._next_walk = now + BETWEEN_WALKS

    def _prune_audit(self, account: AccountId, task_id: TaskId) -> Iterator[None]:
        of_task = (account, task_id)
        full = True
        while full:
            with self._database.transaction() as rows:
                gone = rows.execute(FORGET_FINDINGS, (*of_task, ROWS_A_TRANSACTION))
            self._pruned("findings", len(gone))
            full = len(gone) == ROWS_A_TRANSACTION
            yield
        with self._database.transaction() as rows:
            rows.execute("DELETE FROM audit_task_shards WHERE account = ? AND task_id = ?", of_task)
            rows.execute("DELETE FROM audit_notifications WHERE account = ? AND task_id = ?", of_task)
            audits = rows.execute(FORGET_AUDIT, of_task)
        self._pruned("audits", len(audits))
        yield


ENDED = "SELECT account, task_id FROM audit_tasks WHERE ended_at <= ? ORDER BY ended_at LIMIT 100"

FORGET_AUDIT = "DELETE FROM audit_tasks WHERE account = ? AND task_id = ? RETURNING task_id"

FORGET_FINDINGS = """
    DELETE FROM audit_findings WHERE finding_id IN (
        SELECT finding_id FROM audit_findings
        WHERE account = ? AND is_suppressed IN (0, 1) AND task_id = ? LIMIT ?
    ) RETURNING finding_id
"""

FORGET_RESULTS = "DELETE FROM check_results WHERE ended_at <= ? RETURNING check_name"
