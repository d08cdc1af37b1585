"""One check of one audit, as the log has it while an actor works on it."""

from dataclasses import dataclass
from datetime import datetime

from events.at_hand import EVENT
from events.audit_task import AuditTask, CheckOutcome
from events.check_run import CheckAccountRead, CheckPlan, CheckRun
from events.check_shard import CheckShard, ShardId
from events.event import Cause, Event
from events.identifiers import audit_task_id, check_run_id, check_shard_id
from events.reading import catch_up, fold
from events.vocabulary import AccountId, CheckName, TaskId
from workers.checks.check import Circumstances
from workers.judging.look_back import Window
from workers.judging.revocation import Revocations
from workers.worker import Inventory, Worker


@dataclass(frozen=True)
class OpenCheckRun:
    """A check run that has not ended, of an audit that has not ended."""

    worker: Worker
    task: AuditTask
    check_name: CheckName
    plan: CheckPlan | None
    evidence_id: str | None
    """What was collected for the check, if it collects anything and that has been done."""
    account_read: CheckAccountRead | None
    """What was read of the linked account for the check, once that is all."""
    follows: Event
    """What brought the check as far as it is: the start of the audit, or what was recorded of the check last."""

    def cause(self) -> Cause:
        """Of a command that the worker gives now."""
        return self.follows.followed_by("worker", self.worker.clock.now())

    def circumstances(self) -> Circumstances:
        """What the check may know besides the rows."""
        return Circumstances(
            account=self.follows.account,
            region=self.worker.region,
            now=self.task.started_at,
            configuration=self.task.target_checks[self.check_name].configuration,
            weak_keys=self.worker.weak_keys,
            revocations=self._revocations(),
            window=self.window,
        )

    @property
    def window(self) -> Window | None:
        """The time that a check of connections looks at, the same as long as the audit lasts."""
        check = self.worker.registry.get(self.check_name)
        if check is None or check.looks_back is None:
            return None
        return check.looks_back.window(self.task.task_type, self.task.started_at, self.task.previous_start)

    def source(self) -> Inventory:
        """Where the check's rows are: in the inventory, or among the connections of its window."""
        window, presence = self.window, self.worker.presence
        return self.worker.inventory if window is None or presence is None else presence.during(window)

    def connections_known_since(self) -> datetime | None:
        """Since when the account's connections are known; None while nothing is."""
        presence = self.worker.presence
        return presence.known_since(self.follows.account) if presence else None

    def is_forgotten(self, version: int) -> bool:
        """Whether the connections that the check was planned on have been deleted since."""
        presence = self.worker.presence
        return (
            self.window is not None
            and presence is not None
            and presence.is_forgotten(self.follows.account, version)
        )

    def _revocations(self) -> Revocations | None:
        collector = self.worker.collector
        return None if collector is None or self.evidence_id is None else collector.revocations(self.evidence_id)

    def is_wanted(self) -> bool:
        """Look again whether the audit is still in progress, and the process too."""
        if self.worker.stopping.is_set():
            return False
        catch_up(self.task, self.worker.log.stream(self.task.id, self.task.version))
        return not self.task.is_over

    def is_judged(self, shard: ShardId) -> bool:
        """Whether everything of a shard is in the log, because the message was delivered before."""
        stream = check_shard_id(self.follows.account, shard.task_id, shard.check_name, shard.number)
        return fold(CheckShard, stream, self.worker.log.stream(stream)).is_completed

    def end(self, outcome: CheckOutcome) -> None:
        """Note how the check ended; blocks until it is in the log."""
        self.worker.application.end_check_run(self.task.task_id, self.check_name, outcome, self.cause()).result()


def find_open_check_run(
    worker: Worker, account: AccountId, task_id: TaskId, check_name: CheckName
) -> OpenCheckRun | None:
    """The check run that a message is about; None when nothing is left to do for it."""
    task_stream = audit_task_id(account, task_id)
    run_stream = check_run_id(account, task_id, check_name)
    of_task = worker.log.stream(task_stream)
    of_run = worker.log.stream(run_stream)
    task = fold(AuditTask, task_stream, of_task)
    run = fold(CheckRun, run_stream, of_run)
    if not task.exists or task.is_over or run.is_over or check_name not in task.target_checks:
        return None
    follows = of_run[-1] if of_run else of_task[0]
    EVENT.set(follows)
    return OpenCheckRun(worker, task, check_name, run.plan, run.evidence_id, run.account_read, follows)
