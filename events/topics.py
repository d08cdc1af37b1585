"""Every event class by its topic: the name under which an event stands in the log for ever.

A class may be renamed or moved; a topic may not. A topic ends in its version, `.vN`. When an event needs another
shape, its class gets the next version here, and the old one an upcaster; docs/decisions/0001 says why.
"""

from collections.abc import Callable, Mapping
from typing import Any

from events.audit_account_events import (
    AuditCheckConfigured,
    AuditChecksDisabled,
    AuditChecksEnabled,
    AuditConfigurationDeleted,
    AuditNotificationTargetChanged,
    AuditRoleChanged,
    AuditWebhookSwitched,
    OnDemandAuditAdmitted,
    OnDemandAuditReleased,
    ScheduledAuditChanged,
    ScheduledAuditCreated,
    ScheduledAuditDeleted,
    ScheduledAuditStarted,
    ScheduledAuditTagged,
    ScheduledAuditUntagged,
)
from events.audit_archive import AuditTaskArchived
from events.audit_notification import (
    AuditNotificationDelivered,
    AuditNotificationGivenUp,
    AuditNotificationRequested,
    AuditNotificationRetried,
)
from events.audit_task import (
    AuditCheckOutcomeRecorded,
    AuditTaskCanceled,
    AuditTaskCompleted,
    AuditTaskFailed,
    AuditTaskStarted,
)
from events.check_run import (
    CheckAccountRead,
    CheckAccountReadingProgressed,
    CheckDataCollected,
    CheckDataCollectionStarted,
    CheckRunEnded,
    CheckRunPlanned,
)
from events.check_shard import AuditFindingsRecorded, CheckShardCompleted
from events.credential import CredentialCreated, CredentialDisabled, CredentialRotated
from events.event import Event
from events.inventory_import import InventoryImported

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
"""Pure: makes of an event's stored fields in one version those of the next version."""

TOPICS: Mapping[str, type[Event]] = {
    "AuditAccount.RoleChanged.v1": AuditRoleChanged,
    "AuditAccount.ChecksEnabled.v1": AuditChecksEnabled,
    "AuditAccount.ChecksDisabled.v1": AuditChecksDisabled,
    "AuditAccount.CheckConfigured.v1": AuditCheckConfigured,
    "AuditAccount.NotificationTargetChanged.v1": AuditNotificationTargetChanged,
    "AuditAccount.WebhookSwitched.v1": AuditWebhookSwitched,
    "AuditAccount.ConfigurationDeleted.v1": AuditConfigurationDeleted,
    "AuditAccount.ScheduledAuditCreated.v1": ScheduledAuditCreated,
    "AuditAccount.ScheduledAuditChanged.v1": ScheduledAuditChanged,
    "AuditAccount.ScheduledAuditDeleted.v1": ScheduledAuditDeleted,
    "AuditAccount.ScheduledAuditStarted.v1": ScheduledAuditStarted,
    "AuditAccount.ScheduledAuditTagged.v1": ScheduledAuditTagged,
    "AuditAccount.ScheduledAuditUntagged.v1": ScheduledAuditUntagged,
    "AuditAccount.OnDemandAuditAdmitted.v1": OnDemandAuditAdmitted,
    "AuditAccount.OnDemandAuditReleased.v1": OnDemandAuditReleased,
    "AuditTask.Started.v2": AuditTaskStarted,
    "AuditTask.CheckOutcomeRecorded.v1": AuditCheckOutcomeRecorded,
    "AuditTask.Completed.v1": AuditTaskCompleted,
    "AuditTask.Failed.v1": AuditTaskFailed,
    "AuditTask.Canceled.v1": AuditTaskCanceled,
    "AuditArchive.Recorded.v1": AuditTaskArchived,
    "AuditNotification.Requested.v1": AuditNotificationRequested,
    "AuditNotification.Delivered.v1": AuditNotificationDelivered,
    "AuditNotification.GivenUp.v1": AuditNotificationGivenUp,
    "AuditNotification.Retried.v1": AuditNotificationRetried,
    "CheckRun.DataCollectionStarted.v1": CheckDataCollectionStarted,
    "CheckRun.AccountReadingProgressed.v1": CheckAccountReadingProgressed,
    "CheckRun.AccountRead.v1": CheckAccountRead,
    "CheckRun.DataCollected.v1": CheckDataCollected,
    "CheckRun.Planned.v2": CheckRunPlanned,
    "CheckRun.Ended.v1": CheckRunEnded,
    "CheckShard.FindingsRecorded.v1": AuditFindingsRecorded,
    "CheckShard.Completed.v1": CheckShardCompleted,
    "Credential.Created.v1": CredentialCreated,
    "Credential.Disabled.v1": CredentialDisabled,
    "Credential.Rotated.v1": CredentialRotated,
    "Inventory.Imported.v1": InventoryImported,
}
"""The present version of every event."""


def _started_without_one_before(fields: dict[str, Any]) -> dict[str, Any]:
    return {**fields, "previous_start": None}


def _planned_without_saying_by_which_key_blocklist(fields: dict[str, Any]) -> dict[str, Any]:
    return {**fields, "plan": {**fields["plan"], "key_blocklist": None}}


UPCASTERS: Mapping[str, Upcaster] = {
    "AuditTask.Started.v1": _started_without_one_before,
    "CheckRun.Planned.v1": _planned_without_saying_by_which_key_blocklist,
}
"""By the topic of a past version: what makes the next version of it. A chain of them ends in `TOPICS`."""
