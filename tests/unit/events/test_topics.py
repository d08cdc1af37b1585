"""Topics are for ever: this list only ever grows."""

import re

from events.event import Event
from events.topics import TOPICS, UPCASTERS

EVER_WRITTEN = {
    "AuditAccount.RoleChanged.v1",
    "AuditAccount.ChecksEnabled.v1",
    "AuditAccount.ChecksDisabled.v1",
    "AuditAccount.CheckConfigured.v1",
    "AuditAccount.NotificationTargetChanged.v1",
    "AuditAccount.WebhookSwitched.v1",
    "AuditAccount.ConfigurationDeleted.v1",
    "AuditAccount.ScheduledAuditCreated.v1",
    "AuditAccount.ScheduledAuditChanged.v1",
    "AuditAccount.ScheduledAuditDeleted.v1",
    "AuditAccount.ScheduledAuditStarted.v1",
    "AuditAccount.ScheduledAuditTagged.v1",
    "AuditAccount.ScheduledAuditUntagged.v1",
    "AuditAccount.OnDemandAuditAdmitted.v1",
    "AuditAccount.OnDemandAuditReleased.v1",
    "AuditTask.Started.v1",
    "AuditTask.Started.v2",
    "AuditTask.CheckOutcomeRecorded.v1",
    "AuditTask.Completed.v1",
    "AuditTask.Failed.v1",
    "AuditTask.Canceled.v1",
    "AuditArchive.Recorded.v1",
    "AuditNotification.Requested.v1",
    "AuditNotification.Delivered.v1",
    "AuditNotification.GivenUp.v1",
    "AuditNotification.Retried.v1",
    "CheckRun.DataCollectionStarted.v1",
    "CheckRun.AccountReadingProgressed.v1",
    "CheckRun.AccountRead.v1",
    "CheckRun.DataCollected.v1",
    "CheckRun.Planned.v1",
    "CheckRun.Planned.v2",
    "CheckRun.Ended.v1",
    "CheckShard.FindingsRecorded.v1",
    "CheckShard.Completed.v1",
    "Credential.Created.v1",
    "Credential.Disabled.v1",
    "Credential.Rotated.v1",
    "Inventory.Imported.v1",
}


def test_every_topic_ever_written_can_be_read_and_no_other():
    assert {*TOPICS, *UPCASTERS} == EVER_WRITTEN


def test_every_event_class_stands_under_its_own_topic():
    defined = [each for each in Event.__subclasses__() if each.__module__.startswith("events.")]

    assert {each.TOPIC: each for each in defined} == TOPICS
    assert len(defined) == len(TOPICS)


def test_a_topic_is_a_stream_a_fact_and_a_version():
    assert [
        topic for topic in EVER_WRITTEN if not re.fullmatch(r"[A-Z][A-Za-z]+\.[A-Z][A-Za-z]+\.v[1-9]\d*", topic)
    ] == []
