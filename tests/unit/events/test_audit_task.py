"""An audit starts once, is over with its last check, and takes nothing after that."""

import pytest

from events.audit_account import MAX_ON_DEMAND_AUDITS, AuditAccount
from events.audit_account_events import (
    AuditChecksEnabled,
    AuditRoleChanged,
    OnDemandAuditAdmitted,
    OnDemandAuditReleased,
)
from events.audit_task import (
    AuditCheckOutcomeRecorded,
    AuditTask,
    AuditTaskCanceled,
    AuditTaskCompleted,
    AuditTaskFailed,
    AuditTaskStarted,
    CheckOutcome,
    TargetCheck,
)
from events.errors import InvalidRequest, LimitExceeded, NotFound
from events.vocabulary import AuditTaskType, CheckName, CheckRunStatus, TaskId
from tests.support.given import CAUSE, NOON, Fact, Given, fact

TASK = TaskId("a" * 32)
ROLE = "arn:aws:iam::000000000000:role/Audit"
AGE = CheckName("DEVICE_CERTIFICATE_AGE_CHECK")
LOGGING = CheckName("LOGGING_DISABLED_CHECK")
COMPLIANT = CheckOutcome(CheckRunStatus.COMPLETED_COMPLIANT, resources_examined=7)
NON_COMPLIANT = CheckOutcome(
    CheckRunStatus.COMPLETED_NON_COMPLIANT, resources_examined=7, non_compliant_resources=2
)
FAILED = CheckOutcome(CheckRunStatus.FAILED, message="It crashed.")


def started(*checks: CheckName) -> Fact:
    return fact(
        AuditTaskStarted,
        task_id=TASK,
        task_type=AuditTaskType.ON_DEMAND,
        checks=[TargetCheck(name) for name in checks],
        role_arn=ROLE,
        scheduled_audit_name=None,
        previous_start=None,
    )


def ended(check: CheckName, outcome: CheckOutcome) -> Fact:
    return fact(AuditCheckOutcomeRecorded, task_id=TASK, check_name=check, outcome=outcome)


def given(*facts: Fact) -> Given[AuditTask]:
    return Given(AuditTask, *facts)


def report(check: CheckName, outcome: CheckOutcome):
    return lambda task: task.record_check_outcome(check, outcome, CAUSE)


def cancel(task: AuditTask) -> None:
    task.cancel(CAUSE)


def start(task: AuditTask) -> None:
    task.start(TASK, AuditTaskType.ON_DEMAND, [TargetCheck(AGE), TargetCheck(LOGGING)], ROLE, CAUSE)


def test_a_task_starts_and_remembers_when():
    begun = given().when(start)
    begun.then(started(AGE, LOGGING))
    assert begun.aggregate.started_at == NOON


def test_starting_a_task_again_changes_nothing():
    given(started(AGE, LOGGING)).when(start).then_nothing()


def test_an_outcome_is_recorded_and_the_task_goes_on():
    given(started(AGE, LOGGING)).when(report(AGE, COMPLIANT)).then(ended(AGE, COMPLIANT))


def test_the_last_outcome_completes_the_task():
    (
        given(started(AGE, LOGGING), ended(AGE, COMPLIANT))
        .when(report(LOGGING, NON_COMPLIANT))
        .then(ended(LOGGING, NON_COMPLIANT), fact(AuditTaskCompleted, task_id=TASK))
    )


def test_a_task_of_which_one_check_could_be_done_is_completed():
    (
        given(started(AGE, LOGGING), ended(AGE, COMPLIANT))
        .when(report(LOGGING, FAILED))
        .then(ended(LOGGING, FAILED), fact(AuditTaskCompleted, task_id=TASK))
    )


def test_a_task_of_which_no_check_could_be_done_is_failed():
    (
        given(started(AGE, LOGGING), ended(AGE, FAILED))
        .when(report(LOGGING, FAILED))
        .then(ended(LOGGING, FAILED), fact(AuditTaskFailed, task_id=TASK))
    )


def test_a_repeated_outcome_changes_nothing():
    given(started(AGE, LOGGING), ended(AGE, COMPLIANT)).when(report(AGE, NON_COMPLIANT)).then_nothing()


def test_an_outcome_of_a_check_that_the_task_does_not_owe_changes_nothing():
    given(started(AGE)).when(report(LOGGING, COMPLIANT)).then_nothing()


def test_a_canceled_task_takes_no_outcome():
    (
        given(started(AGE, LOGGING), fact(AuditTaskCanceled, task_id=TASK, canceled_checks=[AGE, LOGGING]))
        .when(report(AGE, COMPLIANT))
        .then_nothing()
    )


def test_a_cancel_names_the_checks_that_had_not_ended():
    (
        given(started(AGE, LOGGING), ended(AGE, COMPLIANT))
        .when(cancel)
        .then(fact(AuditTaskCanceled, task_id=TASK, canceled_checks=[LOGGING]))
    )


@pytest.mark.parametrize(
    "end",
    [
        fact(AuditTaskCompleted, task_id=TASK),
        fact(AuditTaskFailed, task_id=TASK),
        fact(AuditTaskCanceled, task_id=TASK, canceled_checks=[AGE]),
    ],
)
def test_a_task_that_is_over_can_not_be_canceled(end):
    given(started(AGE), end).when(cancel).then_refused(InvalidRequest, "not in progress")


def test_a_task_that_was_never_started_can_not_be_canceled():
    given().when(cancel).then_refused(NotFound, "taskId")


# The account's part: at most ten on-demand audits at once.

CONFIGURED = (
    fact(AuditRoleChanged, role_arn=ROLE),
    fact(AuditChecksEnabled, check_names=[AGE]),
)
TEN_RUNNING = [fact(OnDemandAuditAdmitted, task_id=TaskId(f"{n:032x}")) for n in range(MAX_ON_DEMAND_AUDITS)]


def admit(*checks: CheckName):
    return lambda account: account.admit_on_demand_audit(TASK, checks, CAUSE)


def test_an_on_demand_audit_takes_a_place():
    Given(AuditAccount, *CONFIGURED).when(admit(AGE)).then(fact(OnDemandAuditAdmitted, task_id=TASK))


def test_an_eleventh_on_demand_audit_is_refused():
    Given(AuditAccount, *CONFIGURED, *TEN_RUNNING).when(admit(AGE)).then_refused(LimitExceeded, "10")


def test_an_on_demand_audit_that_has_ended_makes_room():
    released = fact(OnDemandAuditReleased, task_id=TaskId(f"{3:032x}"))
    (
        Given(AuditAccount, *CONFIGURED, *TEN_RUNNING, released)
        .when(admit(AGE))
        .then(fact(OnDemandAuditAdmitted, task_id=TASK))
    )


def test_a_check_that_is_not_enabled_can_not_be_started():
    Given(AuditAccount, *CONFIGURED).when(admit(AGE, LOGGING)).then_refused(InvalidRequest, LOGGING)


def test_releasing_a_task_that_holds_no_place_changes_nothing():
    (
        Given(AuditAccount, *CONFIGURED)
        .when(lambda account: account.release_on_demand_audit(TASK, CAUSE))
        .then_nothing()
    )
