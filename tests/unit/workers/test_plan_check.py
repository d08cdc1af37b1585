"""What planning a check does: the log says it."""

from dataclasses import replace

import pytest

from events.audit_task import CheckOutcome
from events.check_run import CheckPlan, CheckRunPlanned
from events.check_shard import CheckShardCompleted
from events.vocabulary import CheckErrorCode, CheckRunStatus, TaskId
from tests.support.begun_audit import NOTICING, TASK, Begin, numbered
from tests.support.fleet_in_memory import VERSION
from tests.support.made_up_checks import NAMES_CHECK
from workers.run_check import MOST_SHARDS, at_most


def test_planning_cuts_what_the_check_examines_into_shards(begun: Begin):
    case = begun(*numbered("thing", 250))
    case.plan()
    [planned] = case.workshop.events(CheckRunPlanned)
    assert planned.plan == CheckPlan(VERSION, ["thing00099", "thing00199", None], NAMES_CHECK.version, [])


def test_what_the_worker_records_bears_the_request_that_began_the_audit(begun: Begin):
    case = begun("bad")
    case.plan()
    case.judge()
    started = case.workshop.stream(TASK)[0]
    [planned] = case.workshop.events(CheckRunPlanned)
    [completed] = case.workshop.events(CheckShardCompleted)
    assert (planned.actor, planned.request_id) == ("worker", started.request_id)
    assert planned.causation_id == str(started.event_id)
    assert (completed.actor, completed.request_id) == ("worker", started.request_id)
    assert completed.causation_id == str(planned.event_id)


def test_a_check_over_nothing_is_planned_with_no_shard(begun: Begin):
    case = begun()
    case.plan()
    [planned] = case.workshop.events(CheckRunPlanned)
    assert planned.plan.shard_bounds == []


def test_a_check_of_what_the_inventory_does_not_know_fails_as_not_permitted(begun: Begin):
    case = begun(is_listed=False)
    case.plan()
    assert case.outcome() == CheckOutcome(
        CheckRunStatus.FAILED,
        error_code=CheckErrorCode.INSUFFICIENT_PERMISSIONS,
        message="The inventory does not have the account's things. "
        "Import them, or a LISTING of THING that says there are none.",
    )


def test_what_a_check_can_not_look_at_is_in_its_plan(begun: Begin):
    case = begun("thing", checks=(NOTICING,))
    case.plan(NOTICING)
    [planned] = case.workshop.events(CheckRunPlanned)
    assert planned.plan.notices == ["In us-east-1 one half was not examined."]


def test_planning_twice_changes_nothing(begun: Begin):
    case = begun("thing")
    case.plan()
    appended = case.appended()
    case.plan()
    assert case.appended() == appended


def test_planning_a_canceled_audit_changes_nothing(begun: Begin):
    case = begun("thing")
    appended = case.workshop.cancel(TASK)
    case.plan()
    assert case.appended() == appended


@pytest.mark.parametrize("task", [TaskId("b" * 32), TASK])
def test_a_message_about_what_was_never_asked_for_changes_nothing(begun: Begin, task: TaskId):
    case = begun("thing")
    appended = case.appended()
    case.plan(NOTICING, task)
    assert case.appended() == appended


def test_a_check_that_this_version_does_not_have_fails(begun: Begin):
    case = begun("thing")
    case.worker = replace(case.worker, registry={})
    case.plan()
    assert case.outcome().status is CheckRunStatus.FAILED
    assert "does not have the check" in (case.outcome().message or "")


def test_a_plan_never_has_too_many_shards():
    bounds = [*numbered("b", 10 * MOST_SHARDS + 3), None]
    joined = at_most(MOST_SHARDS, bounds)
    assert MOST_SHARDS / 2 < len(joined) <= MOST_SHARDS
    assert joined[-1] is None
    assert joined == [bound for bound in bounds if bound in joined]
    assert at_most(MOST_SHARDS, bounds[-MOST_SHARDS:]) == bounds[-MOST_SHARDS:]
