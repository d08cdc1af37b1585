"""What is said of an audit's end: AWS's JSON, made of the audit's own stream.

Source: the developer guide of AWS IoT (2020), "Sending notifications", with its schema
`arn:aws:iot:::schema:auditnotification/1.0`. The count of suppressed resources came with suppressions; its name is
that of DescribeAuditTask.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from events.audit_task import (
    AuditCheckOutcomeRecorded,
    AuditTaskCanceled,
    AuditTaskCompleted,
    AuditTaskFailed,
    AuditTaskStarted,
    CheckOutcome,
)
from events.clock import epoch_milliseconds
from events.event import Event
from events.vocabulary import AuditTaskStatus, CheckName, CheckRunStatus

CANCELED = CheckOutcome(CheckRunStatus.CANCELED)
"""Of a check that had not ended. It has no counts: what was seen until then is no result."""

STATUSES: Mapping[type[Event], AuditTaskStatus] = {
    AuditTaskCompleted: AuditTaskStatus.COMPLETED,
    AuditTaskFailed: AuditTaskStatus.FAILED,
    AuditTaskCanceled: AuditTaskStatus.CANCELED,
}


def notification_message(task: Sequence[Event]) -> dict[str, Any]:
    """Return the message about an audit that has ended, from all events of its stream."""
    [started] = [event for event in task if isinstance(event, AuditTaskStarted)]
    [status] = [STATUSES[type(event)] for event in task if type(event) in STATUSES]
    outcomes = _outcomes(started, task)
    statuses = [outcome.status for outcome in outcomes.values()]
    name = {} if started.scheduled_audit_name is None else {"scheduledAuditName": started.scheduled_audit_name}
    return {
        "accountId": started.account,
        "taskId": started.task_id,
        "taskStatus": status.value,
        "taskType": started.task_type.value,
        **name,
        "failedChecksCount": statuses.count(CheckRunStatus.FAILED),
        "canceledChecksCount": statuses.count(CheckRunStatus.CANCELED),
        "nonCompliantChecksCount": statuses.count(CheckRunStatus.COMPLETED_NON_COMPLIANT),
        "compliantChecksCount": statuses.count(CheckRunStatus.COMPLETED_COMPLIANT),
        "totalChecksCount": len(outcomes),
        "taskStartTime": epoch_milliseconds(started.timestamp),
        "auditDetails": [_detail(check_name, outcome) for check_name, outcome in outcomes.items()],
    }


def _outcomes(started: AuditTaskStarted, task: Iterable[Event]) -> dict[CheckName, CheckOutcome]:
    ended = {event.check_name: event.outcome for event in task if isinstance(event, AuditCheckOutcomeRecorded)}
    return {check.name: ended.get(check.name, CANCELED) for check in started.checks}


def _detail(check_name: CheckName, outcome: CheckOutcome) -> dict[str, Any]:
    optional = {"message": outcome.message, "errorCode": outcome.error_code and outcome.error_code.value}
    return {
        "checkName": check_name,
        "checkRunStatus": outcome.status.value,
        "nonCompliantResourcesCount": outcome.non_compliant_resources,
        "totalResourcesCount": outcome.resources_examined,
        "suppressedNonCompliantResourcesCount": outcome.suppressed_resources,
        **{name: value for name, value in optional.items() if value is not None},
    }
