"""What callers do to the cluster while it is besieged: several threads, each with a task of its own."""

import threading
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations, count
from random import Random

from tests.faults.answers import Answers, Outcome
from tests.faults.caller import Caller
from tests.faults.fleet import CHECKS, records
from tests.support.boto3_story import ROLE

BREATH = 0.05
"""Seconds between two requests of a caller, so that the cluster and not its callers get the processors."""

AUDITS_AT_ONCE = 3
"""On demand. An account may have ten."""

SCHEDULES_AT_ONCE = 3
"""An account may have five, and some may be there of which the answer was lost."""

RECORDS_AN_IMPORT = 20
FIRST_RECORDS = 300
"""Certificates and as many policies: three shards a check."""

SELECTIONS = [list(chosen) for number in range(1, 5) for chosen in combinations(CHECKS, number)]
"""Every choice of checks. A schedule is changed to one after the other, so that every change is one."""

Stopped = threading.Event


def audit(caller: Caller, stopped: Stopped) -> None:
    """Start audits, ask for them until they are over, cancel some."""
    in_progress: list[str] = []
    while not stopped.wait(BREATH):
        if len(in_progress) < AUDITS_AT_ONCE:
            checks = caller.chance.choice(SELECTIONS)
            started = caller.call("start_on_demand_audit_task", targetCheckNames=checks)
            if started.outcome is Outcome.ACCEPTED:
                in_progress.append(started.body["taskId"])
            continue
        task_id = caller.chance.choice(in_progress)
        if caller.chance.random() < 0.02:
            caller.call("cancel_audit_task", taskId=task_id)
        task = caller.call("describe_audit_task", taskId=task_id).body
        if task.get("taskStatus", "IN_PROGRESS") != "IN_PROGRESS":
            in_progress.remove(task_id)


def schedule(caller: Caller, stopped: Stopped) -> None:
    """Create schedules, change them, delete them. Each has a name that no other had."""
    changes: dict[str, int] = {}
    names = (f"schedule-{number}" for number in count(1))
    while not stopped.wait(BREATH):
        if len(changes) < SCHEDULES_AT_ONCE:
            name = next(names)
            changes[name] = 0
            caller.call(
                "create_scheduled_audit",
                scheduledAuditName=name,
                frequency="DAILY",
                targetCheckNames=SELECTIONS[0],
            )
            continue
        name = caller.chance.choice(list(changes))
        changes[name] += 1
        if changes[name] < len(SELECTIONS) and caller.chance.random() < 0.8:
            caller.call(
                "update_scheduled_audit", scheduledAuditName=name, targetCheckNames=SELECTIONS[changes[name]]
            )
        else:
            deleted = caller.call("delete_scheduled_audit", scheduledAuditName=name)
            if deleted.outcome in {Outcome.ACCEPTED, Outcome.REFUSED}:
                del changes[name]


def import_records(caller: Caller, stopped: Stopped) -> None:
    """Let the fleet grow, a little each time."""
    numbers = count(FIRST_RECORDS, RECORDS_AN_IMPORT)
    while not stopped.wait(20 * BREATH):
        caller.import_records(records(next(numbers), RECORDS_AN_IMPORT))


def configure(caller: Caller, stopped: Stopped) -> None:
    """Change the configuration to what it never was, and look at everything in between."""
    for number in count():
        if stopped.wait(BREATH):
            return
        caller.call("update_account_audit_configuration", roleArn=f"{ROLE}{number}")
        caller.call("describe_account_audit_configuration")
        caller.call("list_scheduled_audits")
        tasks = caller.call("list_audit_tasks", startTime=0, endTime=2**33).body.get("tasks", [])
        if tasks:
            task = caller.chance.choice(tasks)
            caller.call("list_audit_findings", taskId=task["taskId"])


CALLERS: Mapping[str, Callable[[Caller, Stopped], None]] = {
    "audit": audit,
    "schedule": schedule,
    "import": import_records,
    "configure": configure,
}


class Workload:
    """The callers, from the beginning of the block to its end."""

    def __init__(self, urls: Sequence[str], answers: Answers, chance: Random) -> None:
        self.failures: list[str] = []
        """Of callers that could not go on. None is expected."""
        self._stopped = Stopped()
        callers = {name: Caller(name, urls, answers, Random(chance.random())) for name in CALLERS}
        self._threads = [
            threading.Thread(target=self._run, args=(CALLERS[name], caller), name=name)
            for name, caller in callers.items()
        ]

    def __enter__(self) -> None:
        for thread in self._threads:
            thread.start()

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _run(self, call: Callable[[Caller, Stopped], None], caller: Caller) -> None:
        try:
            call(caller, self._stopped)
        except Exception as failure:  # noqa: BLE001 - it is told with the verdict
            self.failures.append(f"The caller {call.__name__} broke down: {failure!r}")


def prepare(caller: Caller) -> None:
    """Enable the checks, and give the fleet its first resources, before anything goes wrong."""
    enabled = caller.call(
        "update_account_audit_configuration",
        roleArn=ROLE,
        auditCheckConfigurations={name: {"enabled": True} for name in CHECKS},
    )
    assert enabled.outcome is Outcome.ACCEPTED, enabled
    imported = caller.import_records(records(0, FIRST_RECORDS))
    assert imported.outcome is Outcome.ACCEPTED, imported
