"""What each check came to, by schedule."""

from events.audit_task import CheckOutcome
from events.vocabulary import CheckRunStatus
from tests.support.events import EXPIRING, LOGGING, task_id
from tests.support.given import ACCOUNT

FAILED = CheckOutcome(CheckRunStatus.FAILED, 3, 0)


def results(projecting, history):
    found = projecting.take(history.events).check_results.of_all()
    assert {each.account for each in found} <= {ACCOUNT}
    return [
        (each.scheduled_audit_name, each.check_name, each.non_compliant_resources, each.resources_evaluated)
        for each in found
    ]


def outcome(non_compliant, examined):
    return CheckOutcome(CheckRunStatus.COMPLETED_NON_COMPLIANT, examined, non_compliant)


def test_the_last_result_of_a_check_counts_by_schedule_and_on_demand(projecting, history):
    for number, schedule, found in ((1, None, 7), (2, "nightly", 8), (3, None, 9)):
        history.task_started(task_id(number), scheduled_audit_name=schedule)
        history.check_outcome_recorded(task_id(number), EXPIRING, outcome(found, 100))
    assert results(projecting, history) == [("OnDemand", EXPIRING, 9, 100), ("nightly", EXPIRING, 8, 100)]


def test_a_check_that_failed_or_is_canceled_leaves_what_it_came_to_before(projecting, history):
    history.task_started(task_id(1))
    history.check_outcome_recorded(task_id(1), LOGGING, outcome(1, 1))
    history.task_completed(task_id(1))
    history.task_started(task_id(2))
    history.check_outcome_recorded(task_id(2), LOGGING, FAILED)
    history.task_canceled(task_id(2), [EXPIRING])
    assert results(projecting, history) == [("OnDemand", LOGGING, 1, 1)]


def test_a_deleted_schedule_leaves_nothing_not_even_of_an_audit_under_way(projecting, history):
    history.scheduled_audit_created()
    for number in (1, 2):
        history.task_started(task_id(number), scheduled_audit_name="nightly")
    history.check_outcome_recorded(task_id(1), EXPIRING, outcome(5, 10))
    assert len(results(projecting, history)) == 1
    history.scheduled_audit_deleted()
    history.check_outcome_recorded(task_id(2), EXPIRING, outcome(5, 10))
    assert results(projecting, history) == []
