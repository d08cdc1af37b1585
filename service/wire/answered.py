"""What an answer of the API is made of, said for the OpenAPI document.

Answers are rendered from plain dictionaries, which is fast. These models say what comes of it: the document is
generated from them, and every answer in the tests of `tests/wire` is held against the document.
"""

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from events.vocabulary import (
    AuditFrequency,
    AuditTaskStatus,
    AuditTaskType,
    CheckErrorCode,
    CheckRunStatus,
    DayOfWeek,
    ResourceType,
    Severity,
)


class Answered(BaseModel):
    """A structure of an answer: it has these members and no others, and one that has a default may be absent."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, use_attribute_docstrings=True)


class NoMembers(Answered):
    """The request has done what it says."""


EpochSeconds = float
"""A time, with milliseconds."""


class PolicyVersion(Answered):
    """A version of an IoT policy."""

    policy_name: str
    policy_version_id: str


class Issuer(Answered):
    """The certificate of an issuer."""

    issuer_id: str | None = None
    """The SHA-256 of the issuer's public key, or what else of the issuer is known."""
    issuer_certificate_serial_number: str | None = None
    issuer_certificate_subject: str | None = None


class ResourceNames(Answered):
    """How a resource is identified: the members that its type has."""

    device_certificate_id: str | None = None
    device_certificate_arn: str | None = None
    ca_certificate_id: str | None = None
    cognito_identity_pool_id: str | None = None
    client_id: str | None = None
    policy_version_identifier: PolicyVersion | None = None
    account: str | None = None
    iam_role_arn: str | None = None
    role_alias_arn: str | None = None
    issuer_certificate_identifier: Issuer | None = None


class FoundResource(Answered):
    """A resource that does not comply, or that has a part in that."""

    resource_type: ResourceType
    resource_identifier: ResourceNames
    additional_info: dict[str, str] | None = None
    """What else is known of it, by names that each check documents."""


class Finding(Answered):
    """One reason why one resource does not comply."""

    finding_id: str
    task_id: str
    """The audit that found it."""
    check_name: str
    task_start_time: EpochSeconds
    finding_time: EpochSeconds
    severity: Severity
    non_compliant_resource: FoundResource
    related_resources: list[FoundResource] | None = Field(default=None, max_length=10)
    """The first ten. ListRelatedResourcesForAuditFinding has all."""
    reason_for_non_compliance: str
    reason_for_non_compliance_code: str
    is_suppressed: bool


class TaskStatistics(Answered):
    """How many checks of an audit stand where."""

    total_checks: int
    in_progress_checks: int
    waiting_for_data_collection_checks: int
    compliant_checks: int
    non_compliant_checks: int
    failed_checks: int
    canceled_checks: int


class CheckDetails(Answered):
    """Where one check of an audit stands. Its counts grow while it is under way."""

    check_run_status: CheckRunStatus
    check_compliant: bool
    """True of a check that has ended and found nothing."""
    total_resources_count: int
    non_compliant_resources_count: int
    suppressed_non_compliant_resources_count: int
    error_code: CheckErrorCode | None = None
    message: str | None = None
    """Why the check failed."""


class Task(Answered):
    """An audit, and each of its checks by name."""

    task_status: AuditTaskStatus
    task_type: AuditTaskType
    task_start_time: EpochSeconds
    task_statistics: TaskStatistics
    scheduled_audit_name: str | None = None
    """The scheduled audit that started it."""
    audit_details: dict[str, CheckDetails]


class ListedTask(Answered):
    """An audit as it is listed."""

    task_id: str
    task_status: AuditTaskStatus
    task_type: AuditTaskType


class ListedScheduledAudit(Answered):
    """A scheduled audit as it is listed."""

    scheduled_audit_name: str
    scheduled_audit_arn: str
    frequency: AuditFrequency
    day_of_month: str | None = None
    """`1` to `31`, or `LAST`."""
    day_of_week: DayOfWeek | None = None


class ScheduledAuditArn(Answered):
    """The scheduled audit's ARN."""

    scheduled_audit_arn: str


class ListAnswer(Answered):
    """A page of a list."""

    next_token: str | None = None
    """What the next page is asked for with. Absent on the last."""


class Rejection(Answered):
    """A line that was not taken in, and why."""

    line: int | None = None
    reason: str
