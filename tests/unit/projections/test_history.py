"""Who did what, in plain words, and what changed from what to what."""

from datetime import timedelta
from uuid import uuid4

import pytest

from events.audit_archive import ArchiveSummary, AuditTaskArchived
from events.audit_notification import AuditNotificationGivenUp, NotificationChannel
from events.configuration_change import NotificationTarget
from events.credential import CredentialCreated, CredentialDisabled, CredentialRotated, Role, SealedSecret
from events.identifiers import (
    audit_account_id,
    audit_archive_id,
    audit_notification_id,
    audit_task_id,
    inventory_import_id,
)
from events.inventory_import import ImportSource, ImportSummary, InventoryImported
from events.topics import TOPICS
from projections.history import Change, HistoryFilter
from projections.history_words import NOT_TOLD, TELLERS
from projections.paging import Page
from tests.support.events import EXPIRING, LOGGING, ROLE_ARN, task_id
from tests.support.given import ACCOUNT, NOON

ALL = Page(100)


def told(models, **wanted):
    return models.history.list(ACCOUNT, HistoryFilter(**wanted), ALL, oldest_first=True).rows


def sentences(projecting, history, **wanted):
    return [entry.sentence for entry in told(projecting.take(history.events), **wanted)]


def test_every_event_is_told_or_said_not_to_be():
    assert set(TOPICS.values()) == TELLERS.keys() | NOT_TOLD
    assert not TELLERS.keys() & NOT_TOLD


def test_a_check_that_is_switched_on_and_off(projecting, history):
    history.checks_enabled(LOGGING, EXPIRING)
    history.checks_disabled(LOGGING)
    history.checks_enabled(LOGGING)
    assert sentences(projecting, history) == [
        f"enabled the checks {LOGGING}, {EXPIRING} (none -> enabled)",
        f"disabled the check {LOGGING} (enabled -> disabled)",
        f"enabled the check {LOGGING} (disabled -> enabled)",
    ]


def test_settings_say_what_they_were(projecting, history):
    history.role_changed()
    history.role_changed("arn:aws:iam::000000000000:role/other")
    history.check_configured(configuration={"A": "30"})
    history.check_configured(configuration={"A": "60", "B": "1"})
    history.notification_target_changed(NotificationTarget(enabled=False))
    history.configuration_deleted()
    history.role_changed()
    assert sentences(projecting, history) == [
        f"changed the role (none -> {ROLE_ARN})",
        f"changed the role ({ROLE_ARN} -> arn:aws:iam::000000000000:role/other)",
        f"configured the check {EXPIRING} (A: none -> 30)",
        f"configured the check {EXPIRING} (A: 30 -> 60, B: none -> 1)",
        "changed the notification target SNS (enabled: none -> false)",
        (
            "deleted the audit configuration (arn:aws:iam::000000000000:role/other -> none, A: 60 -> none, "
            "B: 1 -> none, enabled: false -> none)"
        ),
        f"changed the role (none -> {ROLE_ARN})",
    ]


def test_a_scheduled_audit_and_its_tags(projecting, history):
    history.scheduled_audit_created(tags={"team": "fleet"})
    history.scheduled_audit_changed(check_names=[EXPIRING, LOGGING])
    history.scheduled_audit_tagged(tags={"team": "cars", "cost": "\0"})
    history.scheduled_audit_untagged(tag_keys=["team"])
    history.scheduled_audit_deleted()
    assert sentences(projecting, history, scheduled_audit_name="nightly") == [
        (
            "created the scheduled audit nightly (frequency: none -> WEEKLY, dayOfWeek: none -> MON, "
            f"targetCheckNames: none -> {EXPIRING}, team: none -> fleet)"
        ),
        f"changed the scheduled audit nightly (targetCheckNames: {EXPIRING} -> {EXPIRING}, {LOGGING})",
        "tagged the scheduled audit nightly (team: fleet -> cars, cost: none -> \\0)",
        "took tags off the scheduled audit nightly (team: cars -> none)",
        (
            "deleted the scheduled audit nightly (dayOfWeek: MON -> none, frequency: WEEKLY -> none, "
            f"cost: \\0 -> none, targetCheckNames: {EXPIRING}, {LOGGING} -> none)"
        ),
    ]


def test_an_audit_from_its_start_to_its_end(projecting, history):
    history.on_demand_audit_admitted()
    history.task_started()
    history.check_run_planned()
    history.findings_recorded()
    history.shard_completed()
    history.check_outcome_recorded()
    history.task_canceled(canceled_checks=[LOGGING])
    history.on_demand_audit_released()
    task = task_id()
    assert sentences(projecting, history, task_id=task) == [
        f"asked for the audit {task}",
        f"started the audit {task}, of the checks {EXPIRING}, {LOGGING}",
        f"ended the check {EXPIRING} of the audit {task} as COMPLETED_NON_COMPLIANT, 7 of 100 non-compliant",
        f"canceled the audit {task} with the check {LOGGING}",
    ]


def test_a_row_says_when_who_where_and_what(projecting, history):
    history.checks_enabled(LOGGING)
    [entry] = told(projecting.take(history.events))
    assert (entry.position, entry.recorded_at) == (1, int(NOON.timestamp() * 1000))
    assert (entry.actor, entry.request_id) == ("AKIDEXAMPLE", "request-1")
    assert (entry.kind, entry.stream) == ("AuditAccount.ChecksEnabled.v1", str(audit_account_id(ACCOUNT)))
    assert entry.event == {"causation_id": "", "check_names": [LOGGING]}
    assert entry.changes == [Change(f"checks.{LOGGING}", None, "enabled")]


def test_the_secret_of_a_credential_is_not_told(projecting, history):
    history.add(
        CredentialCreated,
        uuid4(),
        access_key_id="FAKA1",
        role=Role.READER,
        description="dashboard",
        secret=SealedSecret("c2VhbGVk"),
    )
    history.add(CredentialRotated, uuid4(), access_key_id="FAKA1", successor="FAKA2", valid_until=NOON)
    history.add(CredentialDisabled, uuid4(), access_key_id="FAKA1")
    entries = told(projecting.take(history.events), kind="Credential.")
    assert [entry.sentence for entry in entries] == [
        "created the credential FAKA1 with the role READER (dashboard)",
        "put the credential FAKA2 in the place of FAKA1, valid until 2026-01-01T12:00:00Z",
        "disabled the credential FAKA1",
    ]
    assert "secret" not in entries[0].event


def test_an_import_says_which_way_it_came_and_what_became_of_it(projecting, history):
    for source, replaced, added in ((ImportSource.HTTP, True, 1_060), (ImportSource.COMMAND_LINE, False, 1)):
        summary = ImportSummary(source, NOON, 4, replaced, added, 0, 0, 17, 2)
        history.add(InventoryImported, inventory_import_id(ACCOUNT, str(source)), summary=summary)
    assert sentences(projecting, history, kind="Inventory.") == [
        (
            "imported 1,060 records over HTTP, as version 4 of the inventory, replacing what was there before: "
            "1,060 added, 17 removed, 2 rejected"
        ),
        ("imported 1 record from files, as version 4 of the inventory: 1 added, 17 removed, 2 rejected"),
    ]


def happened(history):
    history.checks_enabled(LOGGING)
    history.scheduled_audit_created()
    history.on_demand_audit_admitted()
    history.task_started(check_names=[EXPIRING])
    history.add(
        AuditNotificationGivenUp,
        audit_notification_id(ACCOUNT, task_id(), "WEBHOOK"),
        task_id=task_id(),
        channel=NotificationChannel.WEBHOOK,
        reason="it does not answer",
        attempts=3,
    )
    return history.events


@pytest.mark.parametrize(
    ("wanted", "positions"),
    [
        ({"start_ms": int((NOON + timedelta(seconds=3)).timestamp() * 1000)}, [4, 5]),
        ({"end_ms": int((NOON + timedelta(seconds=1)).timestamp() * 1000)}, [1, 2]),
        ({"stream": str(audit_account_id(ACCOUNT))}, [1, 2, 3]),
        ({"kind": "AuditAccount"}, [1, 2, 3]),
        ({"kind": "AuditAccount.ChecksEnabled.v1"}, [1]),
        ({"kind": "AuditNotification.GivenUp"}, [5]),
        ({"actor": "AKIDEXAMPLE"}, [1, 2, 3, 4, 5]),
        ({"actor": "somebody else"}, []),
        ({"task_id": task_id()}, [3, 4, 5]),
        ({"task_id": task_id(), "kind": "AuditTask."}, [4]),
        ({"scheduled_audit_name": "nightly"}, [2]),
        ({"check_name": EXPIRING}, [2, 4]),
        ({"check_name": LOGGING, "actor": "AKIDEXAMPLE"}, [1]),
    ],
)
def test_a_filter(projecting, history, wanted, positions):
    assert [entry.position for entry in told(projecting.take(happened(history)), **wanted)] == positions


@pytest.mark.parametrize("oldest_first", [True, False])
def test_pages(projecting, history, oldest_first):
    models = projecting.take(happened(history))
    read, after = [], None
    while True:
        page = models.history.list(ACCOUNT, HistoryFilter(), Page(2, after), oldest_first=oldest_first)
        read += [entry.position for entry in page.rows]
        if page.next is None:
            break
        after = page.next
    assert read == ([1, 2, 3, 4, 5] if oldest_first else [5, 4, 3, 2, 1])


def test_what_an_audit_left_when_its_events_left_the_log(projecting, history):
    history.on_demand_audit_admitted()
    history.task_started()
    summary = ArchiveSummary("000000000000/1.ndjson.gz", "ab" * 32, 9, 2, 10, {EXPIRING: 1})
    history.add(AuditTaskArchived, audit_archive_id(ACCOUNT, task_id()), task_id=task_id(), summary=summary)
    models = projecting.take(history.events)
    assert [entry.sentence for entry in told(models, task_id=task_id())] == [
        f"asked for the audit {task_id()}",
        (
            f"archived the audit {task_id()} as 000000000000/1.ndjson.gz and took its 9 events, "
            "positions 2 to 10, out of the log"
        ),
    ]
    assert told(models, stream=str(audit_task_id(ACCOUNT, task_id()))) == []
    assert [entry.position for entry in told(models, check_name=EXPIRING)] == [3]
