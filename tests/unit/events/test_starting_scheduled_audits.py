"""Scheduled audits begin when they are due: once, whoever says so and however often."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from events.audit_task import TargetCheck
from events.event import Cause
from events.identifiers import audit_account_id, audit_task_id, scheduled_task_id
from events.scheduled_audit import Schedule
from events.timetable import timetable
from events.vocabulary import AuditFrequency, AuditTaskType, CheckErrorCode, CheckRunStatus, DayOfWeek
from tests.support.given import ACCOUNT, CAUSE
from tests.support.made_up_audits import DAILY, PATIENCE, ROLE
from tests.support.made_up_catalogue import OPEN, ROTTING

TABLE = timetable(ACCOUNT, DAILY.name, 1, DAILY.schedule, CAUSE.time)
DUE = TABLE.next_after(CAUSE.time)


def at(moment: datetime) -> Cause:
    return replace(CAUSE, time=moment, actor="scheduler", request_id="")


@pytest.fixture
def scheduled(configured):
    configured.create_scheduled_audit(DAILY, CAUSE).result(PATIENCE)
    return configured


def start(application, moment, generation=1):
    return application.start_scheduled_audit(DAILY.name, generation, at(moment)).result(PATIENCE).value


def tasks(log):
    started = [each.event for each in log.after(0, 1000) if type(each.event).__name__ == "AuditTaskStarted"]
    return [(event.task_id, event.timestamp, event.previous_start) for event in started]


def test_a_due_audit_begins_as_a_scheduled_one_with_the_checks_and_their_thresholds(scheduled, log):
    task_id = start(scheduled, DUE)
    assert task_id == scheduled_task_id(ACCOUNT, DAILY.name, 1, DUE)
    [started] = log.stream(audit_task_id(ACCOUNT, task_id))
    assert (started.task_id, started.task_type) == (task_id, AuditTaskType.SCHEDULED)
    assert started.checks == [TargetCheck(ROTTING, {"CERT_AGE_THRESHOLD_IN_DAYS": "365"})]
    assert (started.scheduled_audit_name, started.role_arn) == (DAILY.name, ROLE)
    noted = log.stream(audit_account_id(ACCOUNT))[-1]
    assert (noted.name, noted.generation, noted.due_at, noted.task_id) == (DAILY.name, 1, DUE, task_id)


def test_it_does_not_begin_before_it_is_due(scheduled, log):
    assert start(scheduled, DUE - timedelta(milliseconds=1)) is None
    assert tasks(log) == []


def test_it_begins_once_however_often_that_is_said(scheduled, log):
    first, late = DUE, DUE + timedelta(hours=5)
    assert [start(scheduled, moment) is None for moment in (first, first, late)] == [False, True, True]
    assert len(tasks(log)) == 1


def test_the_next_one_begins_at_its_own_time_and_knows_when_the_last_one_did(scheduled, log):
    start(scheduled, DUE + timedelta(seconds=3))
    start(scheduled, DUE + timedelta(days=1))
    assert [previous for _, _, previous in tasks(log)] == [None, DUE + timedelta(seconds=3)]


def test_what_was_missed_several_times_begins_once(scheduled, log):
    start(scheduled, DUE)
    task_id = start(scheduled, DUE + timedelta(days=4, hours=2))
    assert task_id == scheduled_task_id(ACCOUNT, DAILY.name, 1, DUE + timedelta(days=4))
    assert start(scheduled, DUE + timedelta(days=4, hours=3)) is None
    assert len(tasks(log)) == 2


def test_another_schedule_is_another_plan_from_then_on(scheduled, log):
    change = {"frequency": AuditFrequency.WEEKLY, "day_of_week": DayOfWeek.SUN}
    changed_at = DUE + timedelta(hours=1)  # the audit that was due then did not begin, and is not wanted any more
    scheduled.update_scheduled_audit(DAILY.name, change, None, at(changed_at)).result(PATIENCE)
    weekly = timetable(
        ACCOUNT, DAILY.name, 1, Schedule(AuditFrequency.WEEKLY, day_of_week=DayOfWeek.SUN), changed_at
    )
    next_due = weekly.next_after(changed_at)
    assert start(scheduled, next_due - timedelta(seconds=1)) is None
    assert start(scheduled, next_due) == scheduled_task_id(ACCOUNT, DAILY.name, 1, next_due)


def test_other_checks_leave_the_plan_as_it_is(scheduled):
    scheduled.update_scheduled_audit(DAILY.name, {}, [OPEN], at(DUE - timedelta(hours=1))).result(PATIENCE)
    assert start(scheduled, DUE) is not None


def test_a_name_that_is_deleted_and_made_again_is_another_scheduled_audit(scheduled):
    scheduled.delete_scheduled_audit(DAILY.name, CAUSE).result(PATIENCE)
    assert start(scheduled, DUE) is None
    scheduled.create_scheduled_audit(DAILY, at(DUE)).result(PATIENCE)
    assert start(scheduled, DUE + timedelta(days=2), generation=1) is None
    assert start(scheduled, DUE + timedelta(days=2), generation=2) is not None


def test_a_check_that_was_disabled_meanwhile_fails_and_says_so(scheduled, log):
    scheduled.delete_account_audit_configuration(CAUSE, delete_scheduled_audits=False).result(PATIENCE)
    task_id = start(scheduled, DUE)
    started, outcome, ended = log.stream(audit_task_id(ACCOUNT, task_id))
    assert [check.name for check in started.checks] == [ROTTING]
    assert outcome.outcome.status is CheckRunStatus.FAILED
    assert outcome.outcome.error_code is CheckErrorCode.AUDIT_CHECK_DISABLED
    assert type(ended).__name__ == "AuditTaskFailed"
