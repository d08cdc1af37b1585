"""Reads what had happened up to a position, as far as a question needs it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import chain
from typing import Any
from uuid import UUID

from events.audit_task import (
    AuditCheckOutcomeRecorded,
    AuditTaskCanceled,
    AuditTaskCompleted,
    AuditTaskFailed,
    AuditTaskStarted,
)
from events.check_run import CheckRunPlanned
from events.check_shard import AuditFindingsRecorded
from events.clock import epoch_milliseconds
from events.errors import InvalidRequest, NotFound
from events.event import Event
from events.identifiers import (
    audit_account_id,
    audit_task_id,
    check_run_id,
    check_shard_id,
    finding_id_in,
)
from events.log import EventLog, Recorded
from events.vocabulary import AccountId, CheckName, TaskId
from projections.audit_tasks import AuditTasks
from projections.every_audit import Begun, EveryAudit, PastAudit
from projections.past_account import CONCERNING, PastAccount
from projections.past_read_models import PastReadModels
from service.as_of.moment import HEADER, Moment

EVENTS_AT_ONCE = 20
"""Each may have some hundred findings."""

MOST_AUDITS = 10_000
MOST_FINDINGS = 250_000
"""That one question about the past may have to read. So many take about ten seconds."""

ENDINGS = (AuditTaskCompleted, AuditTaskFailed, AuditTaskCanceled)

Keep = Callable[[Recorded], Recorded | None]


class Replay:
    """Reads for one question of one account."""

    def __init__(
        self,
        account: AccountId,
        moment: Moment,
        retention: timedelta,
        log: EventLog,
        every_audit: EveryAudit,
    ) -> None:
        self._account = account
        self._up_to = moment.position
        self._retained_after = epoch_milliseconds(moment.now - retention)
        self._log = log
        self._every_audit = every_audit
        self._findings = 0

    def account(self) -> PastAccount:
        """Read the account's stream."""
        at = self._positions([audit_account_id(self._account)], CONCERNING)
        return PastAccount(self._account, (each.event for each in self._log.at(at)))

    def audit(self, task_id: TaskId) -> PastReadModels:
        """Read where an audit stood."""
        events: list[Recorded] = []
        if self._is_in_log(self._every_audit.of_task(self._account, task_id)):
            own = self._own_events(task_id)
            ended = {each.event.check_name for each in own if isinstance(each.event, AuditCheckOutcomeRecorded)}
            under_way = [name for name in _checks_of(own) if name not in ended]
            runs = self._log.at(self._positions(self._runs(task_id, under_way), AuditTasks.handles))
            shards = self._log.at(self._positions(self._shards(task_id, runs), AuditTasks.handles))
            events = sorted([*own, *runs, *shards], key=lambda each: each.position)
        return PastReadModels(with_findings=False).take_all([events])

    def audits(self, start_ms: int, end_ms: int) -> PastReadModels:
        """Read how the audits that began in a time had begun and ended."""
        found = self._begun(start_ms, end_ms, under_way_at=self._retained_after + 1)
        streams = [audit_task_id(self._account, each.task_id) for each in found]
        at = self._positions(streams, (AuditTaskStarted, *ENDINGS))
        pieces = (at[first : first + 1000] for first in range(0, len(at), 1000))
        return PastReadModels(with_findings=False).take_all(map(self._log.at, pieces))

    def findings_of_audit(self, task_id: TaskId, check_name: CheckName | None) -> PastReadModels:
        """Read what was found in an audit, or by one check of it."""
        is_in_log = self._is_in_log(self._every_audit.of_task(self._account, task_id))
        return PastReadModels(with_findings=True).take_all(self._found(task_id, check_name) if is_in_log else ())

    def findings_of_time(self, start_ms: int, end_ms: int, check_name: CheckName | None) -> PastReadModels:
        """Read what was found in the audits that were under way in a time."""
        audits = self._begun(0, end_ms, under_way_at=max(start_ms, self._retained_after + 1))
        found = (self._found(audit.task_id, check_name) for audit in audits)
        return PastReadModels(with_findings=True).take_all(chain.from_iterable(found))

    def finding(self, finding_id: str) -> PastReadModels:
        """Read one finding, and the audit that it is of."""
        found = [
            self._found(task_id, name, _only(finding_id, check_run_id(self._account, task_id, name)))
            for task_id, name in self._every_audit.of_finding(self._account, finding_id)
            if self._is_in_log(self._every_audit.of_task(self._account, task_id))
        ]
        return PastReadModels(with_findings=True).take_all(chain.from_iterable(found))

    def _found(
        self, task_id: TaskId, check_name: CheckName | None, keep: Keep | None = None
    ) -> Iterator[Sequence[Recorded]]:
        """What an audit was, and what was found in it."""
        own = self._own_events(task_id)
        yield own
        names = [name for name in _checks_of(own) if check_name in {None, name}]
        plans = self._log.at(self._positions(self._runs(task_id, names), [CheckRunPlanned]))
        at = self._positions(self._shards(task_id, plans), [AuditFindingsRecorded])
        for first in range(0, len(at), EVENTS_AT_ONCE):
            recorded = self._log.at(at[first : first + EVENTS_AT_ONCE])
            kept = recorded if keep is None else [each for each in map(keep, recorded) if each is not None]
            self._require_few(kept)
            yield kept

    def _require_few(self, recorded: Sequence[Recorded]) -> None:
        found = (each.event for each in recorded)
        self._findings += sum(len(event.findings) for event in found if isinstance(event, AuditFindingsRecorded))
        if self._findings > MOST_FINDINGS:
            raise InvalidRequest(
                f"With {HEADER}, at most {MOST_FINDINGS:,} findings can be gone through, and there are more. "
                "Name a taskId and a checkName, or a shorter time."
            )

    def _own_events(self, task_id: TaskId) -> list[Recorded]:
        stream = audit_task_id(self._account, task_id)
        return self._log.at(self._positions([stream], AuditTasks.handles))

    def _runs(self, task_id: TaskId, names: Iterable[CheckName]) -> list[UUID]:
        return [check_run_id(self._account, task_id, name) for name in names]

    def _shards(self, task_id: TaskId, of_runs: Iterable[Recorded]) -> list[UUID]:
        plans = [each.event for each in of_runs if isinstance(each.event, CheckRunPlanned)]
        return [
            check_shard_id(self._account, task_id, planned.check_name, number)
            for planned in plans
            for number in range(len(planned.plan.shard_bounds))
        ]

    def _begun(self, start_ms: int, end_ms: int, under_way_at: int) -> list[PastAudit]:
        """Audits that began in a time and had not ended before another, and whose events are in the log."""
        wanted = Begun(start_ms, end_ms, self._up_to, under_way_at)
        found = self._every_audit.begun(self._account, wanted, MOST_AUDITS + 1)
        if len(found) > MOST_AUDITS:
            raise InvalidRequest(
                f"With {HEADER}, at most {MOST_AUDITS:,} audits can be gone through, and there are more. "
                "Ask for a shorter time."
            )
        return [each for each in found if not self._had_ended(each, under_way_at) and self._is_in_log(each)]

    def _had_ended(self, audit: PastAudit, before: int) -> bool:
        """Whether it is known of an audit that has left the log that it had ended before a time."""
        if audit.last_position is None:
            return False
        next_event = self._log.recorded_after(audit.last_position)
        return next_event is not None and next_event < before

    def _is_in_log(self, audit: PastAudit | None) -> bool:
        """Whether there is anything to read; NotFound for an audit that was there and has left the log since."""
        if audit is None or audit.position > self._up_to:
            return False
        if audit.archived_at is None:
            return True
        if audit.archived_at <= self._up_to:
            return False
        raise NotFound(
            f"The audit {audit.task_id}, of which there was something to tell then, has been archived since: "
            f"its events are in {audit.archive} and no more in the log."
        )

    def _positions(self, streams: Sequence[UUID], classes: Iterable[type[Event]]) -> list[int]:
        return self._log.positions_of(streams, classes, self._up_to)


def _checks_of(own: Sequence[Recorded]) -> list[CheckName]:
    started = [each.event for each in own if isinstance(each.event, AuditTaskStarted)]
    return [check.name for event in started for check in event.checks]


def _only(finding_id: str, run: UUID) -> Keep:
    """Keep one finding of those that an event tells."""

    def keep(recorded: Recorded) -> Recorded | None:
        event = recorded.event
        if not isinstance(event, AuditFindingsRecorded):
            return None
        found = [
            each
            for each in event.findings
            if finding_id_in(run, each.resource.canonical, each.reason_code) == finding_id
        ]
        if not found:
            return None
        members: dict[str, Any] = {**vars(event), "findings": found}
        return Recorded(recorded.position, AuditFindingsRecorded(**members))

    return keep
