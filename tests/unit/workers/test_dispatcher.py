"""Given what the log says, when the dispatcher wakes up, then messages and commands."""

from typing import Any

import pytest

from events.audit_task import CheckOutcome
from events.errors import LogUnavailable
from events.event import Cause
from events.log import Recorded
from events.vocabulary import CheckErrorCode, CheckName, CheckRunStatus
from tests.support.audit_story import AuditStory
from tests.support.dispatching import EXPIRING, LEASE, LOGGING, Surroundings
from tests.support.given import ACCOUNT
from workers.outbox import MOST_ATTEMPTS
from workers.work_item import PLANNING, WorkItem


def test_a_started_audit_has_every_check_planned(at: Surroundings):
    at.when(at.story.started(EXPIRING, LOGGING))
    assert sorted(at.sent) == [
        WorkItem(ACCOUNT, at.story.task_id, CheckName(name), PLANNING) for name in (EXPIRING, LOGGING)
    ]
    assert at.commands == []


def test_an_account_that_was_read_in_part_is_read_on_as_often_as_it_takes(at: Surroundings):
    at.given(at.story.started(EXPIRING))
    for steps in range(1, MOST_ATTEMPTS + 3):
        at.when(at.story.account_reading_progressed(EXPIRING))
        assert at.sent_shards() == [PLANNING] * steps
    assert at.commands == []


def test_a_planned_check_has_every_shard_judged(at: Surroundings):
    at.given(at.story.started(EXPIRING))
    at.when(at.story.planned(EXPIRING, shards=3))
    assert at.sent_shards() == [0, 1, 2]


def test_a_check_without_a_shard_is_compliant_at_once(at: Surroundings):
    at.given(at.story.started(EXPIRING))
    at.when(at.story.planned(EXPIRING, shards=0))
    assert at.sent == []
    assert at.outcomes() == {EXPIRING: CheckOutcome(CheckRunStatus.COMPLETED_COMPLIANT)}


def test_a_check_is_not_ended_before_its_last_shard_is_in(at: Surroundings):
    at.given(at.story.started(EXPIRING), at.story.planned(EXPIRING, shards=2))
    at.when(at.story.shard_completed(EXPIRING, 1))
    assert at.commands == []


def test_the_last_shard_ends_the_check_with_the_sums_of_all(at: Surroundings):
    at.given(at.story.started(EXPIRING), at.story.planned(EXPIRING, shards=3))
    at.when(
        at.story.shard_completed(EXPIRING, 2, examined=10, non_compliant=3),
        at.story.shard_completed(EXPIRING, 0, examined=20, non_compliant=1),
        at.story.shard_completed(EXPIRING, 1, examined=5),
    )
    assert at.outcomes() == {EXPIRING: CheckOutcome(CheckRunStatus.COMPLETED_NON_COMPLIANT, 35, 4)}


def test_what_could_not_be_examined_is_in_the_message(at: Surroundings):
    broken = "policy documents that are not valid JSON"
    at.given(at.story.started(EXPIRING), at.story.planned(EXPIRING, shards=2, notices=("No list was given.",)))
    at.when(
        at.story.shard_completed(EXPIRING, 0, not_judged={broken: 2}),
        at.story.shard_completed(EXPIRING, 1, not_judged={broken: 1}),
    )
    message = at.outcomes()[EXPIRING].message
    assert message == f"No list was given. Not judged (3): {broken}."


def test_a_message_is_never_longer_than_the_api_allows(at: Surroundings):
    at.given(at.story.started(EXPIRING))
    at.when(at.story.planned(EXPIRING, shards=0, notices=("x" * 3000,)))
    message = at.outcomes()[EXPIRING].message
    assert message is not None
    assert len(message) == 2048
    assert message.endswith("...")


def test_commands_say_who_gave_them_and_why(at: Surroundings):
    at.given(at.story.started(EXPIRING), at.story.planned(EXPIRING, shards=1))
    completed = at.story.shard_completed(EXPIRING, 0)
    at.when(completed)
    [(_, _, cause, _)] = at.commands
    assert cause == Cause(ACCOUNT, at.clock.now(), "dispatcher", "request-1", str(completed[0].event.event_id))


def test_an_ended_check_owes_nothing(at: Surroundings):
    at.given(at.story.started(EXPIRING), at.story.planned(EXPIRING, shards=2))
    at.given(at.story.check_ended(EXPIRING, CheckOutcome(CheckRunStatus.FAILED)))
    at.time += LEASE
    at.when(at.story.shard_completed(EXPIRING, 0), at.story.shard_completed(EXPIRING, 1))
    assert at.sent == []
    assert at.commands == []


def test_every_event_twice_changes_nothing(at: Surroundings):
    story = at.story
    parts = [
        story.started(EXPIRING, LOGGING),
        story.planned(EXPIRING, shards=2),
        story.shard_completed(EXPIRING, 0, examined=10),
        story.shard_completed(EXPIRING, 1, examined=10),
    ]
    for part in parts:
        at.when(part)
        at.when(part)
    assert at.sent_shards() == [PLANNING, 0, 1]
    assert at.sent_shards(LOGGING) == [PLANNING]
    assert [outcome.resources_examined for _, outcome, _, _ in at.commands] == [20]


def test_old_events_do_not_open_an_audit_again(at: Surroundings):
    parts = [at.story.started(EXPIRING), at.story.planned(EXPIRING, shards=0), at.story.check_ended(EXPIRING)]
    at.given(*parts)
    at.when(*parts)
    assert at.sent == []
    assert at.commands == []
    assert at.dispatcher.position() == at.story.position


def test_a_second_plan_does_not_add_shards(at: Surroundings):
    at.given(at.story.started(EXPIRING), at.story.planned(EXPIRING, shards=2))
    again = AuditStory()
    again.position = at.story.position
    at.when(again.planned(EXPIRING, shards=9))
    assert at.sent == []


def test_work_is_sent_once_while_its_lease_runs(at: Surroundings):
    at.given(at.story.started(EXPIRING))
    at.time += LEASE - 1
    at.when()
    assert at.sent == []


def test_what_nobody_reported_for_a_lease_is_sent_again(at: Surroundings):
    at.given(at.story.started(EXPIRING))
    at.time += LEASE
    at.when()
    assert at.sent_shards() == [PLANNING]


def test_a_clock_that_was_set_back_holds_up_nothing(at: Surroundings):
    at.given(at.story.started(EXPIRING))
    at.time -= 86_400
    at.when()
    assert at.sent_shards() == [PLANNING]


def test_no_more_is_out_than_the_workers_are_to_hold(at: Surroundings):
    at.given(at.story.started(EXPIRING))
    at.when(at.story.planned(EXPIRING, shards=10))
    assert at.sent_shards() == [0, 1, 2, 3]
    at.when(at.story.shard_completed(EXPIRING, 2))
    assert at.sent_shards() == [0, 1, 2, 3, 4]


def test_a_small_check_does_not_wait_for_a_large_one(at: Surroundings):
    at.given(at.story.started(EXPIRING, LOGGING))
    at.given(at.story.planned(EXPIRING, shards=100))
    at.when(at.story.planned(LOGGING, shards=1), at.story.shard_completed(EXPIRING, 0))
    assert at.sent_shards(LOGGING) == [0]


def test_what_was_in_flight_when_the_process_died_is_sent_at_the_next_start(at: Surroundings):
    at.given(at.story.started(EXPIRING))
    at.start()
    at.dispatcher.recall_sent(counts_as_attempt=True)
    at.when()
    assert at.sent_shards() == [PLANNING]


def test_a_command_that_the_process_died_over_is_given_at_the_next_start(at: Surroundings):
    at.given(at.story.started(EXPIRING), at.story.planned(EXPIRING, shards=0))
    at.start()
    at.when()
    assert list(at.outcomes()) == [EXPIRING]


def test_a_command_is_given_once_while_nobody_has_answered(at: Surroundings):
    at.given(at.story.started(EXPIRING))
    at.when(at.story.planned(EXPIRING, shards=0))
    at.when()
    assert len(at.commands) == 1


def test_a_command_that_failed_is_given_again(at: Surroundings):
    at.given(at.story.started(EXPIRING))
    at.when(at.story.planned(EXPIRING, shards=0))
    [(_, _, _, future)] = at.commands
    future.set_exception(LogUnavailable("The disk is full."))
    at.when()
    assert len(at.commands) == 2


def test_a_canceled_audit_ends_its_open_checks_and_sends_nothing(at: Surroundings):
    at.given(at.story.started(EXPIRING, LOGGING), at.story.planned(EXPIRING, shards=9))
    at.given(at.story.shard_completed(EXPIRING, 0, examined=7, non_compliant=2), at.story.check_ended(LOGGING))
    at.when(at.story.canceled())
    at.time += LEASE
    at.when()
    assert at.sent == []
    assert at.outcomes() == {EXPIRING: CheckOutcome(CheckRunStatus.CANCELED, 7, 2)}


def test_a_late_report_on_a_canceled_audit_changes_nothing(at: Surroundings):
    at.given(at.story.started(EXPIRING), at.story.planned(EXPIRING, shards=1))
    late = at.story.shard_completed(EXPIRING, 0, examined=7)
    canceled = [Recorded(late[0].position, at.story.canceled()[0].event)]
    at.given(canceled)
    at.when([Recorded(at.story.position + 1, late[0].event)])
    assert at.commands == []


def test_work_that_never_ends_fails_its_check(at: Surroundings):
    at.given(at.story.started(EXPIRING, LOGGING), at.story.planned(EXPIRING, shards=2))
    at.given(at.story.check_ended(LOGGING), at.story.shard_completed(EXPIRING, 1))
    for _ in range(MOST_ATTEMPTS - 1):
        at.time += LEASE
        at.when()
    assert at.sent_shards() == [0] * (MOST_ATTEMPTS - 1)
    assert at.commands == []
    at.time += LEASE
    at.when()
    assert at.sent_shards() == [0] * (MOST_ATTEMPTS - 1)
    outcome = at.outcomes()[EXPIRING]
    assert outcome.status is CheckRunStatus.FAILED
    assert outcome.error_code is not CheckErrorCode.INSUFFICIENT_PERMISSIONS
    assert "given up" in (outcome.message or "")


def test_work_on_which_the_process_dies_at_every_start_fails_its_check(at: Surroundings):
    at.given(at.story.started(EXPIRING))
    for _ in range(MOST_ATTEMPTS):
        assert at.commands == []
        at.start()
        at.dispatcher.recall_sent(counts_as_attempt=True)
        at.when()
    assert at.outcomes()[EXPIRING].status is CheckRunStatus.FAILED


def test_stopping_in_good_order_is_no_attempt(at: Surroundings):
    at.given(at.story.started(EXPIRING))
    for _ in range(MOST_ATTEMPTS):
        at.dispatcher.recall_sent(counts_as_attempt=False)
        at.when()
    assert at.sent_shards() == [PLANNING] * MOST_ATTEMPTS
    assert at.commands == []


def test_changes_and_position_are_kept_together(at: Surroundings):
    started = at.story.started(EXPIRING)
    unreadable: Any = Recorded(at.story.position + 1, at.story.planned(EXPIRING, shards=1)[0].event)
    object.__setattr__(unreadable.event, "plan", None)
    with pytest.raises(AttributeError):
        at.dispatcher.take([*started, unreadable], unreadable.position)
    assert at.dispatcher.position() == 0
    at.dispatcher.idle()
    assert at.sent == []


def test_an_audit_whose_end_left_the_log_before_it_was_read_owes_nothing(at: Surroundings):
    at.dispatcher.take(started := at.story.started(EXPIRING, LOGGING), started[-1].position)
    at.dispatcher.take(planned := at.story.planned(EXPIRING, shards=3), planned[-1].position)
    at.when(at.story.archived())
    assert at.sent == []
    assert at.commands == []
