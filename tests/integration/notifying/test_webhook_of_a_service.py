"""Ends of audits reach a webhook; one that hangs holds up nothing; what was given up is listed and retried."""

from dataclasses import replace
from datetime import timedelta
from time import monotonic

import pytest

from events.audit_notification import NotificationStatus
from events.configuration_change import CheckConfiguration, ConfigurationChange, NotificationTarget
from events.manual_clock import ManualClock
from events.vocabulary import CheckName, NotificationTargetType, TaskId
from projections.paging import Page
from service.cli.json_over_http import ask
from service.listening import listening_in_a_thread
from service.settings import MANUAL, Settings
from tests.support.broad_policies import policies
from tests.support.running_audit import RunningAudit, running_audit
from tests.support.waiting import until
from tests.support.webhook_receiver import SECRET, WebhookReceiver, badly, never, webhook_receiver, well
from workers.inventory.importers.import_ndjson import import_ndjson
from workers.notifying.back_off import PERSISTENCE
from workers.notifying.webhook import Webhook
from workers.revocation.address_rules import AddressRules

CHECK = "LOGGING_DISABLED_CHECK"
BROAD = "IOT_POLICY_OVERLY_PERMISSIVE_CHECK"
ROLE = "arn:aws:iam::000000000000:role/Notify"
SECOND_TASK = TaskId("b" * 32)


@pytest.fixture(params=["files", "postgresql"])
def settings(request, tmp_path, receiver):
    hook = Webhook(receiver.url, SECRET.encode(), AddressRules.parse("127.0.0.1"))
    url = request.getfixturevalue("migrated_url") if request.param == "postgresql" else None
    return Settings(data_directory=tmp_path / "data", database_url=url, webhook=hook, clock=MANUAL)


def statuses(audit: RunningAudit) -> list[NotificationStatus]:
    rows = audit.services.read_models.audit_notifications.list(audit.account, None, Page(25)).rows
    return [each.status for each in rows]


def move(audit: RunningAudit, by: timedelta) -> None:
    assert isinstance(audit.services.clock, ManualClock)
    audit.services.clock.move_to(audit.services.clock.now() + by)


def test_an_audit_that_ends_is_posted(settings, receiver: WebhookReceiver):
    with running_audit(settings, CHECK) as audit:
        audit.begin()
        until(lambda: statuses(audit) == [NotificationStatus.DELIVERED])
        now = audit.services.clock.now()
    [posted] = receiver.posted
    assert posted.is_ours()
    assert posted.message["taskId"] == audit.task_id
    assert posted.headers["webhook-timestamp"] == str(int(now.timestamp()))


def test_a_webhook_that_hangs_holds_up_nothing(settings, receiver: WebhookReceiver):
    receiver.answer = never
    with running_audit(settings, CHECK) as audit:
        audit.begin()
        until(lambda: receiver.posted)
        began = monotonic()
        audit.task_id = SECOND_TASK
        audit.begin()
        audit.wait_until_over()
        assert monotonic() - began < 5
        assert audit.services.watched.health() == []
        receiver.closing.set()


def test_an_sns_that_hangs_does_not_hold_up_the_webhook(settings, receiver: WebhookReceiver, monkeypatch):
    with webhook_receiver() as hanging, running_audit(replace(settings, assumes_role=False), CHECK) as audit:
        hanging.answer = never
        monkeypatch.setenv("AWS_ENDPOINT_URL_SNS", hanging.url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "any")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "any")
        topic = NotificationTarget("arn:aws:sns:us-east-1:000000000000:audits", ROLE, enabled=True)
        change = ConfigurationChange(
            ROLE, {CheckName(CHECK): CheckConfiguration(True)}, {NotificationTargetType.SNS: topic}
        )
        audit.services.application.update_account_audit_configuration(change, audit.cause()).result()
        audit.begin()
        until(lambda: hanging.posted)
        until(lambda: sorted(statuses(audit)) == [NotificationStatus.DELIVERED, NotificationStatus.PENDING])
        began = monotonic()
        audit.task_id = SECOND_TASK
        audit.begin()
        until(lambda: len(receiver.posted) == 2)
        assert monotonic() - began < 5
        hanging.closing.set()


def test_what_was_given_up_is_listed_counted_and_retried(settings, receiver: WebhookReceiver, caplog):
    receiver.answer = badly
    with running_audit(settings, CHECK) as audit, listening_in_a_thread(audit.services) as url:
        audit.begin()
        until(lambda: "is tried again in 5 s" in caplog.text)
        [pending] = ask("GET", f"{url}/fleet-audit/notifications?status=PENDING")["notifications"]
        assert (pending["attempts"], pending["reason"]) == (1, "The webhook's server answers with status 500.")
        assert pending["nextAttemptAt"] == audit.services.clock.now().timestamp() + 5
        move(audit, PERSISTENCE)
        until(lambda: statuses(audit) == [NotificationStatus.FAILED])
        [failed] = ask("GET", f"{url}/fleet-audit/notifications?status=FAILED")["notifications"]
        assert (failed["taskId"], failed["channel"], failed["attempts"]) == (audit.task_id, "WEBHOOK", 2)
        assert failed["reason"] == "The webhook's server answers with status 500."
        assert ask("GET", f"{url}/fleet-audit/notifications?status=DELIVERED") == {"notifications": []}

        receiver.answer = well
        assert ask("POST", f"{url}/fleet-audit/notifications/retry", {"taskId": "c" * 32}) == {"retried": []}
        retried = ask("POST", f"{url}/fleet-audit/notifications/retry", {})
        assert retried == {"retried": [{"taskId": audit.task_id, "channel": "WEBHOOK"}]}
        until(lambda: statuses(audit) == [NotificationStatus.DELIVERED])
        metrics = audit.services.watched.metrics.registry
        failures = {"channel": "WEBHOOK", "outcome": "failed"}
        assert metrics.get_sample_value("fleet_audit_notification_seconds_count", failures) == 2
        assert metrics.get_sample_value("fleet_audit_notifications_given_up_total", {"channel": "WEBHOOK"}) == 1
        assert metrics.get_sample_value("fleet_audit_notifications_pending", {"channel": "WEBHOOK"}) == 0
    assert len({posted.message_id for posted in receiver.posted}) == 1


def test_what_each_check_came_to_is_measured_by_schedule(settings):
    with running_audit(settings, CHECK, BROAD) as audit:
        services = audit.services
        import_ndjson(services.inventory, audit.account, policies(3), replace=True, now=services.clock.now())
        audit.begin()
        audit.wait_until_over()
        metrics = services.watched.metrics.registry
        labels = {"AccountId": audit.account, "CheckName": BROAD, "ScheduledAuditName": "OnDemand"}
        assert metrics.get_sample_value("fleet_audit_resources_evaluated", labels) == 3
        assert metrics.get_sample_value("fleet_audit_non_compliant_resources", labels) == 3
        ended = metrics.get_sample_value("fleet_audit_check_ended_timestamp_seconds", labels)
        assert ended == services.clock.now().timestamp()
        could_not_be_done = {**labels, "CheckName": CHECK}
        assert metrics.get_sample_value("fleet_audit_resources_evaluated", could_not_be_done) is None
