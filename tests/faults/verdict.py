"""What has to hold after a siege, each as a function that complains of what does not."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping

from events.audit_account_events import (
    AuditRoleChanged,
    ScheduledAuditChanged,
    ScheduledAuditCreated,
    ScheduledAuditDeleted,
)
from events.audit_task import AuditCheckOutcomeRecorded, AuditTaskCanceled, AuditTaskStarted
from events.check_run import CheckRunPlanned
from events.check_shard import AuditFindingsRecorded
from events.event import Event
from events.vocabulary import CheckName, TaskId
from tests.faults.answers import Answer, Outcome
from tests.faults.caller import IMPORT, LONGEST_ANSWER, TIMED_OUT
from tests.faults.evidence import ENDINGS, Evidence
from tests.faults.fleet import EXAMINED, NOT_COMPLIANT, number_of

COMMANDS: Mapping[str, type[Event]] = {
    "start_on_demand_audit_task": AuditTaskStarted,
    "cancel_audit_task": AuditTaskCanceled,
    "create_scheduled_audit": ScheduledAuditCreated,
    "update_scheduled_audit": ScheduledAuditChanged,
    "delete_scheduled_audit": ScheduledAuditDeleted,
    "update_account_audit_configuration": AuditRoleChanged,
}
"""The event that each command is about."""

TIMES: Mapping[Outcome, range] = {
    Outcome.ACCEPTED: range(1, 2),
    Outcome.REFUSED: range(1),
    Outcome.FAILED: range(2),
    Outcome.UNANSWERED: range(2),
}
"""How often that event may be in the log, by what the caller was told."""

CLEAN_ERRORS = {
    Outcome.REFUSED: {
        "LimitExceededException",
        "ResourceNotFoundException",
        "InvalidRequestException",
    },
    Outcome.FAILED: {"InternalFailureException", "ServiceUnavailableException"},
    Outcome.UNANSWERED: {
        *("EndpointConnectionError", "ConnectionClosedError", "ConnectTimeoutError"),
        *("ConnectionRefusedError", "ConnectionResetError", "BrokenPipeError", "RemoteDisconnected"),
    },
}
"""What a request that was not accepted may meet."""

OF_STORES_THAT_ARE_AWAY = ("events.errors.StoreUnavailable:", "events.errors.LogUnavailable:")

Complaints = Iterator[str]


def commands_are_in_the_log_as_often_as_was_said(evidence: Evidence) -> Complaints:
    """Accepted: once. Refused: never. Not known to the caller: once or never."""
    found = Counter((event.actor, type(event)) for event in evidence.log)
    for answer in evidence.answers:
        about = COMMANDS.get(answer.operation)
        if about is not None and found[answer.marker, about] not in TIMES[answer.outcome]:
            yield f"{_said(answer)} is in the log {found[answer.marker, about]} times."


def every_audit_has_ended_once(evidence: Evidence) -> Complaints:
    ended = Counter(event.task_id for event in evidence.log if isinstance(event, ENDINGS))
    for task_id in _started(evidence):
        if ended[task_id] != 1:
            yield f"The audit {task_id} has ended {ended[task_id]} times."


def no_check_has_failed(evidence: Evidence) -> Complaints:
    for event in evidence.log:
        if isinstance(event, AuditCheckOutcomeRecorded) and event.outcome.error_code is not None:
            yield f"{event.check_name} of the audit {event.task_id} has failed: {event.outcome}."


def each_resource_that_does_not_comply_has_one_finding(evidence: Evidence) -> Complaints:
    """For each audit and check; of an audit that was canceled, none has two, and none is made up."""
    found: dict[tuple[TaskId, CheckName], Counter[int]] = defaultdict(Counter)
    canceled = {event.task_id for event in evidence.log if isinstance(event, AuditTaskCanceled)}
    for event in evidence.log:
        if isinstance(event, AuditFindingsRecorded):
            of = found[event.shard.task_id, event.shard.check_name]
            of.update(number_of(finding.resource.canonical) for finding in event.findings)
    for event in evidence.log:
        if isinstance(event, CheckRunPlanned):
            fleet = evidence.fleets[event.check_name, event.plan.inventory_version]
            expected = Counter(filter(NOT_COMPLIANT[event.check_name], fleet))
            got = found[event.task_id, event.check_name]
            if got != expected and not (event.task_id in canceled and got <= expected):
                wrong = {number: count for number, count in got.items() if count != expected[number]}
                yield (
                    f"{event.check_name} of the audit {event.task_id}: {got.total()} findings instead of "
                    f"{expected.total()}; more or fewer than one: {wrong}, missing: {expected - got}."
                )


def every_owed_check_was_planned(evidence: Evidence) -> Complaints:
    canceled = {event.task_id for event in evidence.log if isinstance(event, AuditTaskCanceled)}
    planned = {(event.task_id, event.check_name) for event in evidence.log if isinstance(event, CheckRunPlanned)}
    for task_id, started in _started(evidence).items():
        for check in started.checks:
            if (task_id, check.name) not in planned and task_id not in canceled:
                yield f"{check.name} of the audit {task_id} was never planned."


def what_was_imported_is_there(evidence: Evidence) -> Complaints:
    last = max(version for _, version in evidence.fleets)
    there = {check: evidence.fleets[check, last] for check in EXAMINED}
    for answer in evidence.answers:
        if answer.operation == IMPORT and answer.outcome is Outcome.ACCEPTED:
            for record in answer.asked["records"]:
                number = number_of(record.get("policyName") or record["certificateId"])
                if any(number not in fleet for fleet in there.values()):
                    yield f"The record {number} of an accepted import is not in the inventory."


def tables_equal_those_made_anew(evidence: Evidence) -> Complaints:
    if evidence.verified.first is not None:
        yield f"Read models are not what the log makes of them: {evidence.verified}."
    if evidence.schedules != evidence.schedules_anew:
        yield f"Schedules are {evidence.schedules}, and {evidence.schedules_anew} when made anew."
    if evidence.owed:
        yield f"The dispatcher still holds work to be open: {evidence.owed[:3]}."


def answers_came_in_bounded_time_and_errors_were_clean(evidence: Evidence) -> Complaints:
    for answer in evidence.answers:
        if answer.error == TIMED_OUT or answer.seconds > LONGEST_ANSWER:
            yield f"{_said(answer)} took {answer.seconds:.1f} s."
        elif answer.outcome is not Outcome.ACCEPTED and answer.error not in CLEAN_ERRORS[answer.outcome]:
            yield f"{_said(answer)} met {answer.error}."


def processes_failed_over_nothing_but_stores_that_were_away(evidence: Evidence) -> Complaints:
    for failure in evidence.failures:
        if not failure.startswith(OF_STORES_THAT_ARE_AWAY):
            yield f"A process wrote: {failure}"


INVARIANTS: tuple[Callable[[Evidence], Complaints], ...] = (
    commands_are_in_the_log_as_often_as_was_said,
    every_audit_has_ended_once,
    no_check_has_failed,
    every_owed_check_was_planned,
    each_resource_that_does_not_comply_has_one_finding,
    what_was_imported_is_there,
    tables_equal_those_made_anew,
    answers_came_in_bounded_time_and_errors_were_clean,
    processes_failed_over_nothing_but_stores_that_were_away,
)


def verdict(evidence: Evidence) -> list[str]:
    """Everything that is wrong."""
    return [complaint for holds in INVARIANTS for complaint in holds(evidence)]


def _started(evidence: Evidence) -> Mapping[TaskId, AuditTaskStarted]:
    return {event.task_id: event for event in evidence.log if isinstance(event, AuditTaskStarted)}


def _said(answer: Answer) -> str:
    return f"{answer.operation} {answer.marker} ({answer.outcome} {answer.error})"
