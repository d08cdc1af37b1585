"""The JSON that AWS documents."""

from datetime import datetime

from events.audit_task import CheckOutcome
from events.clock import epoch_milliseconds
from events.vocabulary import CheckErrorCode, CheckName, CheckRunStatus
from tests.support.events import EXPIRING, LOGGING, History, task_id
from tests.support.given import ACCOUNT, NOON
from workers.notifying.message import notification_message

THIRD = CheckName("DEVICE_CERTIFICATE_SHARED_CHECK")
COMPLIANT = CheckOutcome(CheckRunStatus.COMPLETED_COMPLIANT, 5)
NON_COMPLIANT = CheckOutcome(CheckRunStatus.COMPLETED_NON_COMPLIANT, 100, 7, 2)
FAILED = CheckOutcome(
    CheckRunStatus.FAILED, error_code=CheckErrorCode.INSUFFICIENT_PERMISSIONS, message="Nothing was read."
)
REQUIRED = {
    "accountId": str,
    "taskId": str,
    "taskStatus": str,
    "taskType": str,
    "failedChecksCount": int,
    "canceledChecksCount": int,
    "nonCompliantChecksCount": int,
    "compliantChecksCount": int,
    "totalChecksCount": int,
    "taskStartTime": int,
    "auditDetails": list,
}
"""Of AWS's schema `arn:aws:iot:::schema:auditnotification/1.0`."""


def test_a_scheduled_audit_that_completed():
    history = History(beginning=NOON.replace(microsecond=191_000))
    history.task_started(check_names=[EXPIRING, LOGGING, THIRD], scheduled_audit_name="nightly")
    for name, outcome in ((LOGGING, COMPLIANT), (EXPIRING, NON_COMPLIANT), (THIRD, FAILED)):
        history.check_outcome_recorded(name=name, outcome=outcome)
    history.task_completed()
    message = notification_message(history.events)
    assert message == {
        "accountId": ACCOUNT,
        "taskId": task_id(),
        "taskStatus": "COMPLETED",
        "taskType": "SCHEDULED_AUDIT_TASK",
        "scheduledAuditName": "nightly",
        "failedChecksCount": 1,
        "canceledChecksCount": 0,
        "nonCompliantChecksCount": 1,
        "compliantChecksCount": 1,
        "totalChecksCount": 3,
        "taskStartTime": epoch_milliseconds(NOON) + 191,
        "auditDetails": [
            {
                "checkName": EXPIRING,
                "checkRunStatus": "COMPLETED_NON_COMPLIANT",
                "nonCompliantResourcesCount": 7,
                "totalResourcesCount": 100,
                "suppressedNonCompliantResourcesCount": 2,
            },
            {
                "checkName": LOGGING,
                "checkRunStatus": "COMPLETED_COMPLIANT",
                "nonCompliantResourcesCount": 0,
                "totalResourcesCount": 5,
                "suppressedNonCompliantResourcesCount": 0,
            },
            {
                "checkName": THIRD,
                "checkRunStatus": "FAILED",
                "nonCompliantResourcesCount": 0,
                "totalResourcesCount": 0,
                "suppressedNonCompliantResourcesCount": 0,
                "message": "Nothing was read.",
                "errorCode": "INSUFFICIENT_PERMISSIONS",
            },
        ],
    }
    require_schema(message)


def test_an_audit_on_demand_that_was_canceled():
    history = History()
    history.task_started()
    history.check_outcome_recorded(name=EXPIRING, outcome=NON_COMPLIANT)
    history.task_canceled(canceled_checks=[LOGGING])
    message = notification_message(history.events)
    assert (message["taskStatus"], message["taskType"]) == ("CANCELED", "ON_DEMAND_AUDIT_TASK")
    assert "scheduledAuditName" not in message
    assert (message["canceledChecksCount"], message["nonCompliantChecksCount"]) == (1, 1)
    assert [each["checkRunStatus"] for each in message["auditDetails"]] == ["COMPLETED_NON_COMPLIANT", "CANCELED"]
    require_schema(message)


def test_an_audit_of_which_nothing_could_be_done():
    history = History()
    history.task_started(check_names=[EXPIRING])
    history.check_outcome_recorded(outcome=FAILED)
    history.task_failed()
    message = notification_message(history.events)
    assert (message["taskStatus"], message["failedChecksCount"], message["totalChecksCount"]) == ("FAILED", 1, 1)
    require_schema(message)


def require_schema(message):
    assert {name: type(message[name]) for name in REQUIRED} == REQUIRED
    assert set(message) - set(REQUIRED) <= {"scheduledAuditName"}
    for each in message["auditDetails"]:
        assert {"checkName", "checkRunStatus", "nonCompliantResourcesCount", "totalResourcesCount"} <= set(each)
    assert datetime.fromtimestamp(message["taskStartTime"] / 1000, NOON.tzinfo).year == 2026
