"""What is found after a siege: the log, the inventory, and what is made of the log beside the same made anew."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from events.audit_task import AuditTaskCanceled, AuditTaskCompleted, AuditTaskFailed, AuditTaskStarted
from events.check_run import CheckRunPlanned
from events.check_shard import AuditFindingsRecorded
from events.clock import SystemClock
from events.event import Cause, Event
from events.log import EventLog, Recorded
from events.store.database import Database, Row
from projections.verifying import Verdict
from service.migrating import migrate
from service.rebuilding import NAMES, read_model_care
from service.settings import DEFAULT_ACCOUNT, Settings
from service.stores import Stores, postgresql_stores
from tests.faults.answers import Answer
from tests.faults.besieged import Besieged
from tests.faults.fleet import EXAMINED, number_of
from tests.support.waiting import until
from workers.inventory.kinds import Examines
from workers.scheduler import Scheduler

ENDINGS = (AuditTaskCompleted, AuditTaskFailed, AuditTaskCanceled)

LONGEST_RECOVERY = 120.0
"""Seconds from when all is put right to when all work is done."""

BATCH = 500

SAID_TO_A_PERSON = ("Stopped.", "Error: The database can't be used:")
"""At a role's end; the second where the database was away when it started. Then its supervisor starts it again."""


@dataclass(frozen=True)
class Evidence:
    """Everything that the verdict looks at."""

    answers: Sequence[Answer]
    log: Sequence[Event]
    """In its order."""
    fleets: Mapping[tuple[str, int], frozenset[int]]
    """By check and version of the inventory, the numbers of the resources that were there."""
    verified: Verdict
    """What `fleet-audit projections verify` finds."""
    schedules: Sequence[Row]
    schedules_anew: Sequence[Row]
    """When each is due next, as it is and made anew from the log's beginning."""
    owed: Sequence[Row]
    """What the dispatcher holds to be open."""
    failures: Sequence[str]
    """The last lines of the tracebacks in what the processes wrote, each once."""

    def counts(self) -> list[str]:
        """For a person."""
        events = Counter(type(event) for event in self.log)
        findings = sum(len(event.findings) for event in self.log if isinstance(event, AuditFindingsRecorded))
        scheduled = sum(isinstance(event, AuditTaskStarted) and event.scheduled_audit_name is not None
                        for event in self.log)  # fmt: skip
        outcomes = Counter(answer.outcome for answer in self.answers)
        slowest = max(answer.seconds for answer in self.answers)
        return [
            f"{len(self.answers):6} requests: {', '.join(f'{count} {name}' for name, count in outcomes.items())}",
            f"{slowest:6.1f} seconds, the slowest of them",
            f"{len(self.log):6} events",
            f"{events[AuditTaskStarted]:6} audits ({scheduled} scheduled, {events[AuditTaskCanceled]} canceled)",
            f"{findings:6} findings",
        ]


def wait_until_all_is_done(database_url: str) -> list[str]:
    """Wait until every audit has ended and all that follow the log are at its end; complain if that takes long."""
    with postgresql_stores(database_url) as stores:
        try:
            until(lambda: _is_all_done(stores), LONGEST_RECOVERY)
        except AssertionError:
            return [f"Not all is done {LONGEST_RECOVERY:.0f} s after all was put right."]
    return []


def _is_all_done(stores: Stores) -> bool:
    last = stores.log.last_position()
    [(projected,)] = stores.read_models.query("SELECT MIN(position) FROM projections")
    followed = stores.work.query("SELECT position FROM followed")
    behind = [position for (position,) in [(projected,), *followed] if position < last]
    return not behind and not stores.work.query("SELECT 1 FROM check_runs LIMIT 1")


def gather(cluster: Besieged, answers: Sequence[Answer]) -> Evidence:
    """Look at everything. The cluster's processes have been stopped."""
    with postgresql_stores(cluster.database_url) as stores, _another_database(cluster) as anew:
        log = list(_read(stores.log))
        (cluster.home / "events").write_text("".join(f"{each.position} {each.event!r}\n" for each in log))
        return Evidence(
            answers=answers,
            log=[each.event for each in log],
            fleets=_fleets(stores, [each.event for each in log]),
            verified=_verified(cluster),
            schedules=_due(stores.work),
            schedules_anew=_made_anew(anew, log),
            owed=stores.work.query("SELECT * FROM work_items"),
            failures=sorted(set(_failures(cluster))),
        )


def _read(log: EventLog) -> Iterator[Recorded]:
    position = 0
    while batch := log.after(position, BATCH):
        yield from batch
        position = batch[-1].position


def _fleets(stores: Stores, log: Sequence[Event]) -> Mapping[tuple[str, int], frozenset[int]]:
    planned = {(event.check_name, event.plan.inventory_version) for event in log
               if isinstance(event, CheckRunPlanned)}  # fmt: skip
    imported = {(check, stores.inventory.current_version(DEFAULT_ACCOUNT)) for check in EXAMINED}
    return {(check, version): _fleet(stores, check, version) for check, version in planned | imported}


def _fleet(stores: Stores, check: str, version: int) -> frozenset[int]:
    kind = EXAMINED[check]
    rows = stores.inventory.rows(DEFAULT_ACCOUNT, Examines(kind, (kind.key,)), version, None, None)
    return frozenset(number_of(key) for (key,) in rows)


def _verified(cluster: Besieged) -> Verdict:
    with read_model_care(Settings(database_url=cluster.database_url), SystemClock()) as care:
        return care.verify(NAMES, lambda *_: None)


def _made_anew(anew: Stores, log: Sequence[Recorded]) -> Sequence[Row]:
    scheduler = Scheduler(anew.work, _start_nothing, SystemClock())
    for first in range(0, len(log), BATCH):
        batch = log[first : first + BATCH]
        scheduler.take(batch, batch[-1].position)
    return _due(anew.work)


def _start_nothing(name: str, generation: int, cause: Cause) -> Future[Any]:
    raise AssertionError(f"{name} is only planned here.")


def _due(work: Database) -> Sequence[Row]:
    return sorted(work.query("SELECT * FROM due_audits"))


@contextmanager
def _another_database(cluster: Besieged) -> Iterator[Stores]:
    with cluster.postgresql.new_database() as name:
        url = cluster.postgresql.url(name)
        list(migrate(url))
        with postgresql_stores(url) as stores:
            yield stores


def _failures(cluster: Besieged) -> Iterator[str]:
    """Lines that are no JSON are failures as well, but for what a role says at its end."""
    for path in cluster.logs():
        for line in path.read_text().splitlines():
            try:
                exception = json.loads(line).get("exception")
            except ValueError:
                if not line.startswith(SAID_TO_A_PERSON):
                    yield line
            else:
                if exception:
                    yield exception.splitlines()[-1]
