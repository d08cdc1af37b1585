from dataclasses import replace

import pytest

from events.scheduled_audit import Schedule
from events.vocabulary import AuditFrequency, DayOfWeek
from projections.paging import Page
from projections.scheduled_audits import ScheduledAuditView
from tests.support.events import EXPIRING, LOGGING, WEEKLY
from tests.support.given import ACCOUNT

NIGHTLY = ScheduledAuditView("nightly", AuditFrequency.WEEKLY, None, DayOfWeek.MON, [EXPIRING], {"team": "fleet"})


def described(projecting, history):
    return projecting.take_again_and_again(history.events).scheduled_audits.describe(ACCOUNT, "nightly")


@pytest.fixture(autouse=True)
def _created(history):
    history.scheduled_audit_created("nightly", WEEKLY, [EXPIRING], {"team": "fleet"})


def test_a_created_audit_is_described(projecting, history):
    assert described(projecting, history) == NIGHTLY


def test_an_audit_that_was_never_created_is_not_there(projecting, history):
    assert projecting.take(history.events).scheduled_audits.describe(ACCOUNT, "Nightly") is None


def test_a_changed_audit_keeps_its_tags(projecting, history):
    history.scheduled_audit_changed("nightly", Schedule(AuditFrequency.MONTHLY, "LAST"), [LOGGING])

    assert described(projecting, history) == ScheduledAuditView(
        "nightly", AuditFrequency.MONTHLY, "LAST", None, [LOGGING], {"team": "fleet"}
    )


def test_a_daily_audit_has_no_day(projecting, history):
    history.scheduled_audit_changed("nightly", Schedule(AuditFrequency.DAILY), [LOGGING])

    audit = described(projecting, history)

    assert (audit.frequency, audit.day_of_month, audit.day_of_week) == (AuditFrequency.DAILY, None, None)


def test_of_many_changes_in_a_row_the_last_stands(projecting, history):
    for frequency in (AuditFrequency.DAILY, AuditFrequency.WEEKLY, AuditFrequency.DAILY):
        day = DayOfWeek.FRI if frequency is AuditFrequency.WEEKLY else None
        history.scheduled_audit_changed("nightly", Schedule(frequency, day_of_week=day), [LOGGING])
        history.scheduled_audit_tagged("nightly", {"team": frequency})
    history.scheduled_audit_changed("nightly", WEEKLY, [LOGGING])
    history.scheduled_audit_changed("nightly", WEEKLY, [EXPIRING])

    assert described(projecting, history) == replace(NIGHTLY, tags={"team": AuditFrequency.DAILY})


def test_what_came_before_a_deletion_does_not_come_after_it(projecting, history):
    history.scheduled_audit_changed("nightly", Schedule(AuditFrequency.DAILY), [LOGGING])
    history.scheduled_audit_deleted("nightly")
    history.scheduled_audit_created("nightly", WEEKLY, [EXPIRING], {"team": "fleet"})
    assert described(projecting, history) == NIGHTLY


def test_tags_are_added_and_overwritten(projecting, history):
    history.scheduled_audit_tagged("nightly", {"team": "core", "cost": "7"})

    assert described(projecting, history) == replace(NIGHTLY, tags={"team": "core", "cost": "7"})


def test_tags_are_taken_away(projecting, history):
    history.scheduled_audit_tagged("nightly", {"cost": "7"})
    history.scheduled_audit_untagged("nightly", ["team", "never there"])

    assert described(projecting, history).tags == {"cost": "7"}


def test_a_deleted_audit_is_gone_with_its_tags(projecting, history):
    history.scheduled_audit_tagged("nightly", {"cost": "7"})
    history.scheduled_audit_deleted("nightly")
    history.scheduled_audit_created("nightly", WEEKLY, [LOGGING], generation=2)

    assert described(projecting, history) == replace(NIGHTLY, check_names=[LOGGING], tags={})


def test_what_happens_to_an_audit_that_is_not_there_is_no_error(projecting, history):
    history.scheduled_audit_deleted("nightly")
    history.scheduled_audit_changed("nightly")
    history.scheduled_audit_tagged("nightly")
    history.scheduled_audit_untagged("nightly")
    history.scheduled_audit_deleted("nightly")

    assert described(projecting, history) is None


def test_audits_are_listed_by_name_upper_case_first(projecting, history):
    for name in ("a_b", "Zulu", "a-b", "a0", "9"):
        history.scheduled_audit_created(name)

    listed = projecting.take(history.events).scheduled_audits.list(ACCOUNT, Page(250))

    assert [audit.name for audit in listed.rows] == ["9", "Zulu", "a-b", "a0", "a_b", "nightly"]
    assert listed.next is None


def test_a_page_ends_where_the_next_begins(projecting, history):
    history.scheduled_audit_created("weekly")
    history.scheduled_audit_created("yearly")
    audits = projecting.take(history.events).scheduled_audits

    first = audits.list(ACCOUNT, Page(2))
    second = audits.list(ACCOUNT, Page(2, first.next))

    assert [audit.name for audit in first.rows + second.rows] == ["nightly", "weekly", "yearly"]
    assert (first.next, second.next) == (("weekly",), None)
