"""A case of a check, audited as a service would: an import, an audit in the log, and what it was judged on."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from events.audit_task import AuditTask, CheckOutcome, TargetCheck
from events.check_run import CheckRun
from events.event import Cause
from events.identifiers import audit_task_id, check_run_id
from events.log import EventLog
from events.reading import fold
from events.vocabulary import AuditTaskType, CheckRunStatus, TaskId
from tests.support.case_connections import told
from tests.support.case_revocations import ServedDocuments, served
from tests.support.check_cases import ACCOUNT, REGION, Case, fill
from tests.support.fake_clock import FakeClock
from tests.support.workshop import open_workshop
from workers.checks import REGISTRY
from workers.inventory.certificate_reader import CertificateReader
from workers.inventory.store import Inventory, open_sqlite_inventory
from workers.judging_again.check_judged_again import CheckJudgedAgain, DifferingFinding
from workers.judging_again.judging_again import JudgedOn, JudgingAgain
from workers.judging_again.recorded_audit import read_recorded_audit
from workers.presence.connections import Presence
from workers.presence.store import PresenceStore
from workers.revocation.collecting import RevocationCollector
from workers.revocation.store import RevocationStore
from workers.run_check import judge_shard, plan_check
from workers.worker import Worker

TASK = TaskId("a" * 32)


@dataclass
class AuditedCase:
    """What is left of the audit."""

    case: Case
    log: EventLog
    inventory: Inventory
    on: JudgedOn

    def judged_again(self) -> tuple[CheckJudgedAgain, list[DifferingFinding]]:
        """Judge it again; return what came of it, and what differs."""
        audit = read_recorded_audit(self.log, ACCOUNT, TASK)
        differing: list[DifferingFinding] = []
        [check] = audit.checks
        return JudgingAgain(audit, self.on, differing.append, lambda _: None).judge(check), differing


@contextmanager
def audited(case: Case, directory: Path, shard_size: int = 2) -> Iterator[AuditedCase]:
    """Import a case's inventory, and audit its check."""
    circumstances = case.circumstances()
    clock = FakeClock(circumstances.now)
    with closing(open_sqlite_inventory(directory / "inventory.sqlite")) as inventory:
        names = fill(inventory, case.written["inventory"], circumstances.now)
        database = inventory._database
        if "connections" in case.written:
            presence = told(database, ACCOUNT, case.written, names.id_of)
        else:
            presence = Presence(database, PresenceStore(database, clock))
        revocation = RevocationStore(database)
        fetch = ServedDocuments(served(case.written, names.serial_number_of))
        with open_workshop(directory, inventory, REGISTRY, shard_size) as workshop:
            worker = replace(
                workshop.worker,
                clock=clock,
                region=REGION,
                weak_keys=circumstances.weak_keys,
                collector=RevocationCollector(CertificateReader(database), revocation, fetch, clock),
                presence=presence,
            )
            cause = Cause(ACCOUNT, clock.now(), "AKIDEXAMPLE", "request-1")
            workshop.committer.submit(
                lambda unit: unit.get(AuditTask, audit_task_id(ACCOUNT, TASK)).start(
                    TASK,
                    AuditTaskType(case.written.get("taskType", AuditTaskType.ON_DEMAND)),
                    [TargetCheck(case.check.name, dict(circumstances.configuration))],
                    "",
                    cause,
                    previous_start=case.written.get("previousStart"),
                )
            ).result()
            _audit(worker, case, cause)
            on = JudgedOn(
                inventory,
                lambda version: inventory.is_kept(ACCOUNT, version),
                revocation,
                presence,
                REGISTRY,
                circumstances.weak_keys,
                REGION,
                clock,
            )
            yield AuditedCase(case, workshop.log, inventory, on)


def _audit(worker: Worker, case: Case, cause: Cause) -> None:
    name = case.check.name
    plan_check(worker, ACCOUNT, TASK, name)
    stream = check_run_id(ACCOUNT, TASK, name)
    plan = fold(CheckRun, stream, worker.log.stream(stream)).plan
    for number in range(len(plan.shard_bounds) if plan else 0):
        judge_shard(worker, ACCOUNT, TASK, name, number)
    outcome = CheckOutcome(CheckRunStatus.COMPLETED_NON_COMPLIANT)
    worker.application.end_check_run(TASK, name, outcome, cause).result()
