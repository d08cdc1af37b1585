"""The list of notifications."""

import pytest

from events.audit_notification import NotificationChannel, NotificationStatus
from events.clock import epoch_milliseconds
from projections.audit_notifications import NotificationView
from projections.paging import Page
from tests.support.events import TARGET, task_id
from tests.support.given import ACCOUNT, NOON
from tests.support.notification_history import NotificationHistory

FAILED = NotificationStatus.FAILED
ALL = Page(25)


@pytest.fixture
def history():
    return NotificationHistory()


def test_a_notification_is_pending_then_failed_then_pending_then_delivered(projecting, history):
    at = epoch_milliseconds(NOON)
    expected = NotificationView(
        task_id(),
        NotificationChannel.SNS,
        NotificationStatus.PENDING,
        at,
        TARGET.target_arn or "",
        None,
        None,
        None,
    )
    history.notification_requested()
    notifications = projecting.take(history.events).audit_notifications
    assert notifications.list(ACCOUNT, None, ALL).rows == [expected]
    assert notifications.list(ACCOUNT, FAILED, ALL).rows == []

    history.notification_given_up()
    projecting.take(history.events)
    [failed] = notifications.list(ACCOUNT, FAILED, ALL).rows
    assert (failed.ended_at, failed.attempts, failed.reason) == (at + 1000, 57, "It is dead.")

    history.notification_retried()
    projecting.take(history.events)
    assert notifications.list(ACCOUNT, None, ALL).rows == [expected]

    history.notification_delivered()
    projecting.take(history.events)
    [delivered] = notifications.list(ACCOUNT, NotificationStatus.DELIVERED, ALL).rows
    assert (delivered.ended_at, delivered.attempts, delivered.reason) == (at + 3000, 2, None)


def test_they_are_paged_newest_first(projecting, history):
    for number in range(1, 6):
        history.notification_requested(task_id(number), NotificationChannel.WEBHOOK)
        history.notification_given_up(task_id(number), NotificationChannel.WEBHOOK)
    notifications = projecting.take(history.events).audit_notifications
    found, after = [], None
    for _ in range(3):
        page = notifications.list(ACCOUNT, FAILED, Page(2, after))
        found += [each.task_id for each in page.rows]
        after = page.next
    assert after is None
    assert found == [task_id(number) for number in (5, 4, 3, 2, 1)]
