"""One example of every event, with every field filled as a real one would be."""

from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

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
from events.audit_archive import ArchiveSummary, AuditTaskArchived
from events.audit_notification import (
    AuditNotificationDelivered,
    AuditNotificationGivenUp,
    AuditNotificationRequested,
    AuditNotificationRetried,
    NotificationChannel,
)
from events.audit_task import (
    AuditCheckOutcomeRecorded,
    AuditTaskCanceled,
    AuditTaskCompleted,
    AuditTaskFailed,
    AuditTaskStarted,
    CheckOutcome,
    TargetCheck,
)
from events.check_run import (
    CheckAccountRead,
    CheckAccountReadingProgressed,
    CheckDataCollected,
    CheckDataCollectionStarted,
    CheckPlan,
    CheckRunEnded,
    CheckRunPlanned,
)
from events.check_shard import AuditFindingsRecorded, CheckShardCompleted, ShardId, ShardTally
from events.configuration_change import NotificationTarget
from events.credential import CredentialCreated, CredentialDisabled, CredentialRotated, Role, SealedSecret
from events.event import Event
from events.inventory_import import ImportSource, ImportSummary, InventoryImported
from events.resource import NonCompliance, RelatedResource, Resource
from events.scheduled_audit import Schedule
from events.vocabulary import (
    AccountId,
    AuditFrequency,
    AuditTaskType,
    CheckErrorCode,
    CheckName,
    CheckRunStatus,
    DayOfWeek,
    NotificationTargetType,
    ResourceType,
    Severity,
    TaskId,
)

STREAM = uuid5(NAMESPACE_URL, "fleet-audit:/example")
ROLE = "arn:aws:iam::000000000000:role/Audit"
TASK = TaskId("0123456789abcdef0123456789abcdef")
EXPIRING = CheckName("DEVICE_CERTIFICATE_EXPIRING_CHECK")
KEY_QUALITY = CheckName("DEVICE_CERTIFICATE_KEY_QUALITY_CHECK")
LOGGING = CheckName("LOGGING_DISABLED_CHECK")
SHARD = ShardId(TASK, KEY_QUALITY, 3)
NOT_READ = CheckOutcome(
    CheckRunStatus.FAILED,
    error_code=CheckErrorCode.INSUFFICIENT_PERMISSIONS,
    message="The logging options could not be read.",
)
NON_COMPLIANT = CheckOutcome(
    CheckRunStatus.COMPLETED_NON_COMPLIANT,
    resources_examined=7,
    non_compliant_resources=2,
    suppressed_resources=1,
)
FINDING = NonCompliance(
    Resource(ResourceType.DEVICE_CERTIFICATE, {"deviceCertificateId": "ab" * 32}),
    "CERTIFICATE_KEY_SHARED",
    "The certificate shares its key with ünother one.",
    {"CERTIFICATE_EXPIRATION": "2026-01-31T00:00:00Z"},
    (
        RelatedResource(
            Resource(
                ResourceType.ISSUER_CERTIFICATE,
                {"issuerCertificateIdentifier": {"issuerId": "cd" * 32, "issuerCertificateSubject": "CN=CA"}},
            ),
            {"ISSUER": "CN=CA"},
        ),
    ),
)
BARE_FINDING = NonCompliance(
    Resource(ResourceType.ACCOUNT_SETTINGS, {"account": "000000000000"}), "LOGGING_DISABLED", "Logging is off."
)


def example(event_class: type[Event], version: int = 1, **facts: Any) -> Event:
    """An event of the example stream."""
    carried: dict[str, Any] = {
        "originator_id": STREAM,
        "originator_version": version,
        "timestamp": datetime(2026, 1, 1, 12, 0, 0, 123000, tzinfo=UTC),
        "account": AccountId("000000000000"),
        "actor": "AKIDEXAMPLE",
        "request_id": "4f1c2d3e-0000-4000-8000-000000000001",
        "causation_id": "",
    }
    return event_class(**{**carried, **facts})


EXAMPLES: tuple[Event, ...] = (
    example(AuditRoleChanged, role_arn=ROLE),
    example(AuditChecksEnabled, check_names=[EXPIRING, LOGGING]),
    example(AuditChecksDisabled, check_names=[LOGGING]),
    example(AuditCheckConfigured, check_name=EXPIRING, configuration={"CERT_EXPIRATION_THRESHOLD_IN_DAYS": "60"}),
    example(
        AuditNotificationTargetChanged,
        target_type=NotificationTargetType.SNS,
        target=NotificationTarget("arn:aws:sns:us-east-1:000000000000:findings", ROLE, enabled=True),
    ),
    example(AuditWebhookSwitched, is_set=True),
    example(AuditConfigurationDeleted),
    example(
        ScheduledAuditCreated,
        name="weekly",
        schedule=Schedule(AuditFrequency.WEEKLY, day_of_week=DayOfWeek.SAT),
        check_names=[EXPIRING],
        tags={"team": "fleet"},
        generation=1,
    ),
    example(
        ScheduledAuditChanged,
        name="weekly",
        schedule=Schedule(AuditFrequency.MONTHLY, day_of_month="LAST"),
        check_names=[EXPIRING, LOGGING],
    ),
    example(ScheduledAuditDeleted, name="weekly"),
    example(
        ScheduledAuditStarted,
        name="weekly",
        generation=1,
        due_at=datetime(2026, 1, 1, 11, 59, 7, tzinfo=UTC),
        task_id=TASK,
    ),
    example(ScheduledAuditTagged, name="weekly", tags={"team": "factory"}),
    example(ScheduledAuditUntagged, name="weekly", tag_keys=["team"]),
    example(OnDemandAuditAdmitted, task_id=TASK),
    example(OnDemandAuditReleased, task_id=TASK),
    example(
        AuditTaskStarted,
        task_id=TASK,
        task_type=AuditTaskType.SCHEDULED,
        checks=[TargetCheck(EXPIRING, {"CERT_EXPIRATION_THRESHOLD_IN_DAYS": "30"}), TargetCheck(LOGGING)],
        role_arn=ROLE,
        scheduled_audit_name="weekly",
        previous_start=datetime(2025, 12, 25, 12, 0, 0, 123_000, tzinfo=UTC),
    ),
    example(AuditCheckOutcomeRecorded, task_id=TASK, check_name=EXPIRING, outcome=NON_COMPLIANT),
    example(AuditTaskCompleted, task_id=TASK),
    example(AuditTaskFailed, task_id=TASK),
    example(AuditTaskCanceled, task_id=TASK, canceled_checks=[EXPIRING, LOGGING]),
    example(
        AuditTaskArchived,
        task_id=TASK,
        summary=ArchiveSummary(
            file_name=f"000000000000/{TASK}.ndjson.gz",
            sha256="ab" * 32,
            events=17,
            first_position=4,
            last_position=91,
            shards={EXPIRING: 2},
        ),
    ),
    example(
        AuditNotificationRequested,
        task_id=TASK,
        channel=NotificationChannel.SNS,
        target_arn="arn:aws:sns:eu-west-1:123456789012:audits",
        role_arn="arn:aws:iam::123456789012:role/notify",
    ),
    example(
        AuditNotificationDelivered,
        task_id=TASK,
        channel=NotificationChannel.SNS,
        receipt="b9f2b6c1-0000-5000-8000-000000000000",
        attempts=2,
    ),
    example(
        AuditNotificationGivenUp,
        task_id=TASK,
        channel=NotificationChannel.WEBHOOK,
        reason="Its server answers with status 500.",
        attempts=57,
    ),
    example(
        CredentialCreated,
        access_key_id="FAKAIOSFODNN7EXAMPLE",
        role=Role.OPERATOR,
        description="the nightly import",
        secret=SealedSecret("c2VhbGVk"),
    ),
    example(CredentialDisabled, access_key_id="FAKAIOSFODNN7EXAMPLE"),
    example(
        CredentialRotated,
        access_key_id="FAKAIOSFODNN7EXAMPLE",
        successor="FAKAI44QH8DHBEXAMPLE",
        valid_until=datetime(2026, 1, 2, 12, 0, 0, tzinfo=UTC),
    ),
    example(
        InventoryImported,
        summary=ImportSummary(
            source=ImportSource.HTTP,
            begun_at=datetime(2026, 1, 1, 11, 59, 58, tzinfo=UTC),
            inventory_version=4,
            replaced=True,
            added=40_000,
            changed=2,
            unchanged=7,
            removed=17,
            rejected=1,
        ),
    ),
    example(AuditNotificationRetried, task_id=TASK, channel=NotificationChannel.WEBHOOK),
    example(CheckDataCollectionStarted, task_id=TASK, check_name=EXPIRING),
    example(
        CheckAccountReadingProgressed,
        task_id=TASK,
        check_name=EXPIRING,
        resources={"CA_CERTIFICATE": 3, "DEVICE_CERTIFICATE": 40_000},
    ),
    example(
        CheckAccountRead,
        task_id=TASK,
        check_name=EXPIRING,
        resources={"CA_CERTIFICATE": 3, "DEVICE_CERTIFICATE": 100_000},
        notices=["Not read (1): device certificates whose status is missing."],
    ),
    example(CheckDataCollected, task_id=TASK, check_name=EXPIRING, evidence_id="ab" * 32),
    example(
        CheckRunPlanned,
        task_id=TASK,
        check_name=EXPIRING,
        plan=CheckPlan(
            inventory_version=4,
            shard_bounds=["7f", None],
            check_version=1,
            notices=["No list of weak keys."],
            key_blocklist="cd" * 32,
        ),
    ),
    example(CheckRunEnded, task_id=TASK, check_name=LOGGING, outcome=NOT_READ),
    example(
        AuditFindingsRecorded,
        shard=SHARD,
        batch=2,
        severity=Severity.CRITICAL,
        task_started_at=datetime(2026, 1, 1, 11, 59, tzinfo=UTC),
        findings=[FINDING, BARE_FINDING],
    ),
    example(CheckShardCompleted, shard=SHARD, tally=ShardTally(10000, 17, {"certificates without a key": 2})),
)
