"""What an event says to a person: a sentence, what it is about, and what it set.

Whoever has done it is the sentence's subject, which is left out. Events that only tell how work goes on are not
here (`NOT_TOLD`): they are what became of commands, and there are thousands of them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from events import audit_account_events as accounts
from events import audit_notification as notifications
from events import audit_task as tasks
from events import check_run as runs
from events import check_shard as shards
from events import credential as credentials
from events.audit_archive import AuditTaskArchived
from events.event import Event
from events.inventory_import import ImportSource, InventoryImported
from events.scheduled_audit import Schedule
from events.vocabulary import CheckName, TaskId


@dataclass(frozen=True, slots=True)
class Told:
    """An event in words."""

    sentence: str
    check_names: Sequence[CheckName] = ()
    task_id: TaskId | None = None
    scheduled_audit_name: str | None = None
    sets: Mapping[str, Any] = field(default_factory=dict)
    """Settings of the account, by their dotted names, that have these values from now on; None: no more."""
    forgets: Sequence[str] = ()
    """Beginnings of the names of settings that are gone from now on."""


def _checks(names: Sequence[CheckName]) -> str:
    noun = "check" if len(names) == 1 else "checks"
    return f"{noun} {', '.join(names)}"


def _role(event: accounts.AuditRoleChanged) -> Told:
    return Told("changed the role", sets={"roleArn": event.role_arn})


def _enabled(event: accounts.AuditChecksEnabled) -> Told:
    return _switched("enabled", event.check_names, is_enabled=True)


def _disabled(event: accounts.AuditChecksDisabled) -> Told:
    return _switched("disabled", event.check_names, is_enabled=False)


def _switched(verb: str, names: Sequence[CheckName], *, is_enabled: bool) -> Told:
    state = "enabled" if is_enabled else "disabled"
    return Told(f"{verb} the {_checks(names)}", names, sets={f"checks.{name}": state for name in names})


def _configured(event: accounts.AuditCheckConfigured) -> Told:
    name = event.check_name
    sets = {f"checks.{name}.{threshold}": value for threshold, value in event.configuration.items()}
    return Told(f"configured the check {name}", [name], sets=sets)


def _target(event: accounts.AuditNotificationTargetChanged) -> Told:
    kind, target = event.target_type, event.target
    sets = {"targetArn": target.target_arn, "roleArn": target.role_arn, "enabled": target.enabled}
    return Told(
        f"changed the notification target {kind}",
        sets={f"targets.{kind}.{member}": value for member, value in sets.items()},
    )


def _webhook(event: accounts.AuditWebhookSwitched) -> Told:
    state = "set" if event.is_set else "not set"
    return Told("noted whether the service has a webhook", sets={"service.webhook": state})


def _configuration_deleted(_: accounts.AuditConfigurationDeleted) -> Told:
    return Told("deleted the audit configuration", forgets=["roleArn", "checks.", "targets."])


def _schedule(name: str, schedule: Schedule, check_names: Sequence[CheckName]) -> dict[str, Any]:
    members = {
        "frequency": schedule.frequency,
        "dayOfMonth": schedule.day_of_month,
        "dayOfWeek": schedule.day_of_week,
        "targetCheckNames": list(check_names),
    }
    return {f"scheduledAudits.{name}.{member}": value for member, value in members.items()}


def _tags(name: str, tags: Mapping[str, str | None]) -> dict[str, str | None]:
    return {f"scheduledAudits.{name}.tags.{key}": value for key, value in tags.items()}


def _created(event: accounts.ScheduledAuditCreated) -> Told:
    name = event.name
    return Told(
        f"created the scheduled audit {name}",
        event.check_names,
        scheduled_audit_name=name,
        sets=_schedule(name, event.schedule, event.check_names) | _tags(name, event.tags),
    )


def _changed(event: accounts.ScheduledAuditChanged) -> Told:
    return Told(
        f"changed the scheduled audit {event.name}",
        event.check_names,
        scheduled_audit_name=event.name,
        sets=_schedule(event.name, event.schedule, event.check_names),
    )


def _deleted(event: accounts.ScheduledAuditDeleted) -> Told:
    return Told(
        f"deleted the scheduled audit {event.name}",
        scheduled_audit_name=event.name,
        forgets=[f"scheduledAudits.{event.name}."],
    )


def _due(event: accounts.ScheduledAuditStarted) -> Told:
    due = event.due_at.isoformat(timespec="seconds").replace("+00:00", "Z")
    sentence = f"began the scheduled audit {event.name}, due at {due}, as the audit {event.task_id}"
    return Told(sentence, task_id=event.task_id, scheduled_audit_name=event.name)


def _tagged(event: accounts.ScheduledAuditTagged) -> Told:
    sentence = f"tagged the scheduled audit {event.name}"
    return Told(sentence, scheduled_audit_name=event.name, sets=_tags(event.name, event.tags))


def _untagged(event: accounts.ScheduledAuditUntagged) -> Told:
    sentence = f"took tags off the scheduled audit {event.name}"
    return Told(sentence, scheduled_audit_name=event.name, sets=_tags(event.name, dict.fromkeys(event.tag_keys)))


def _admitted(event: accounts.OnDemandAuditAdmitted) -> Told:
    return Told(f"asked for the audit {event.task_id}", task_id=event.task_id)


def _started(event: tasks.AuditTaskStarted) -> Told:
    names = [check.name for check in event.checks]
    by = f" by the schedule {event.scheduled_audit_name}" if event.scheduled_audit_name else ""
    return Told(
        f"started the audit {event.task_id}{by}, of the {_checks(names)}",
        names,
        event.task_id,
        event.scheduled_audit_name,
    )


def _check_ended(event: tasks.AuditCheckOutcomeRecorded) -> Told:
    outcome = event.outcome
    came_to = (
        f"{outcome.status}, {outcome.non_compliant_resources:,} of {outcome.resources_examined:,} non-compliant"
    )
    why = f": {outcome.message}" if outcome.message else ""
    sentence = f"ended the check {event.check_name} of the audit {event.task_id} as {came_to}{why}"
    return Told(sentence, [event.check_name], event.task_id)


def _completed(event: tasks.AuditTaskCompleted) -> Told:
    return Told(f"completed the audit {event.task_id}", task_id=event.task_id)


def _failed(event: tasks.AuditTaskFailed) -> Told:
    return Told(f"ended the audit {event.task_id} as failed: none of its checks could be done", (), event.task_id)


def _canceled(event: tasks.AuditTaskCanceled) -> Told:
    names = event.canceled_checks
    return Told(f"canceled the audit {event.task_id} with the {_checks(names)}", names, event.task_id)


def _archived(event: AuditTaskArchived) -> Told:
    found = event.summary
    sentence = (
        f"archived the audit {event.task_id} as {found.file_name} and took its {found.events:,} events, "
        f"positions {found.first_position} to {found.last_position}, out of the log"
    )
    return Told(sentence, sorted(found.shards), event.task_id)


def _requested(event: notifications.AuditNotificationRequested) -> Told:
    to = f" to {event.target_arn}" if event.target_arn else ""
    sentence = f"asked for the end of the audit {event.task_id} to be announced over {event.channel}{to}"
    return Told(sentence, task_id=event.task_id)


def _delivered(event: notifications.AuditNotificationDelivered) -> Told:
    sentence = f"announced the end of the audit {event.task_id} over {event.channel} (attempts: {event.attempts})"
    return Told(sentence, task_id=event.task_id)


def _given_up(event: notifications.AuditNotificationGivenUp) -> Told:
    sentence = (
        f"gave up announcing the end of the audit {event.task_id} over {event.channel} "
        f"after {event.attempts} attempts: {event.reason}"
    )
    return Told(sentence, task_id=event.task_id)


def _retried(event: notifications.AuditNotificationRetried) -> Told:
    sentence = f"asked for the end of the audit {event.task_id} to be announced over {event.channel} after all"
    return Told(sentence, task_id=event.task_id)


def _credential_created(event: credentials.CredentialCreated) -> Told:
    described = f" ({event.description})" if event.description else ""
    return Told(f"created the credential {event.access_key_id} with the role {event.role}{described}")


def _credential_disabled(event: credentials.CredentialDisabled) -> Told:
    return Told(f"disabled the credential {event.access_key_id}")


def _credential_rotated(event: credentials.CredentialRotated) -> Told:
    until = event.valid_until.isoformat(timespec="seconds").replace("+00:00", "Z")
    return Told(f"put the credential {event.successor} in the place of {event.access_key_id}, valid until {until}")


def _imported(event: InventoryImported) -> Told:
    found = event.summary
    given = found.added + found.changed + found.unchanged
    replacing = ", replacing what was there before" if found.replaced else ""
    counts = ("added", "changed", "unchanged", "removed", "rejected")
    came_to = ", ".join(f"{count:,} {name}" for name in counts if (count := getattr(found, name)))
    records = "record" if given == 1 else "records"
    return Told(
        f"imported {given:,} {records} {WAYS_IN[found.source]}, as version {found.inventory_version:,} of the "
        f"inventory{replacing}: {came_to}"
    )


WAYS_IN = {ImportSource.HTTP: "over HTTP", ImportSource.COMMAND_LINE: "from files"}


TELLERS: Mapping[type[Event], Callable[[Any], Told]] = {
    accounts.AuditRoleChanged: _role,
    accounts.AuditChecksEnabled: _enabled,
    accounts.AuditChecksDisabled: _disabled,
    accounts.AuditCheckConfigured: _configured,
    accounts.AuditNotificationTargetChanged: _target,
    accounts.AuditWebhookSwitched: _webhook,
    accounts.AuditConfigurationDeleted: _configuration_deleted,
    accounts.ScheduledAuditCreated: _created,
    accounts.ScheduledAuditChanged: _changed,
    accounts.ScheduledAuditDeleted: _deleted,
    accounts.ScheduledAuditStarted: _due,
    accounts.ScheduledAuditTagged: _tagged,
    accounts.ScheduledAuditUntagged: _untagged,
    accounts.OnDemandAuditAdmitted: _admitted,
    tasks.AuditTaskStarted: _started,
    tasks.AuditCheckOutcomeRecorded: _check_ended,
    tasks.AuditTaskCompleted: _completed,
    tasks.AuditTaskFailed: _failed,
    tasks.AuditTaskCanceled: _canceled,
    AuditTaskArchived: _archived,
    notifications.AuditNotificationRequested: _requested,
    notifications.AuditNotificationDelivered: _delivered,
    notifications.AuditNotificationGivenUp: _given_up,
    notifications.AuditNotificationRetried: _retried,
    credentials.CredentialCreated: _credential_created,
    credentials.CredentialDisabled: _credential_disabled,
    credentials.CredentialRotated: _credential_rotated,
    InventoryImported: _imported,
}
"""By the class of an event, what tells it."""

NOT_TOLD: frozenset[type[Event]] = frozenset(
    {
        accounts.OnDemandAuditReleased,
        runs.CheckAccountRead,
        runs.CheckAccountReadingProgressed,
        runs.CheckDataCollected,
        runs.CheckDataCollectionStarted,
        runs.CheckRunEnded,
        runs.CheckRunPlanned,
        shards.AuditFindingsRecorded,
        shards.CheckShardCompleted,
    }
)
"""Steps of the work, and what a told event says already."""
