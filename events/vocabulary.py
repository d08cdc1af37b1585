"""The words of the Audit API: its enumerations, as AWS spells them.

Source: botocore's model of AWS IoT (2015-05-28) and the audit command reference.
"""

from enum import StrEnum
from typing import NewType

AccountId = NewType("AccountId", str)
"""Twelve digits."""

TaskId = NewType("TaskId", str)
"""32 lower-case hex digits, as AWS issues them."""

CheckName = NewType("CheckName", str)
"""The name of an audit check. The registry of checks says which exist; AWS models it as a free string."""


class AuditTaskType(StrEnum):
    """What started an audit."""

    ON_DEMAND = "ON_DEMAND_AUDIT_TASK"
    SCHEDULED = "SCHEDULED_AUDIT_TASK"


class AuditTaskStatus(StrEnum):
    """Where an audit stands."""

    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELED = "CANCELED"


class CheckRunStatus(StrEnum):
    """Where one check of one audit stands (`AuditCheckRunStatus`)."""

    IN_PROGRESS = "IN_PROGRESS"
    WAITING_FOR_DATA_COLLECTION = "WAITING_FOR_DATA_COLLECTION"
    CANCELED = "CANCELED"
    COMPLETED_COMPLIANT = "COMPLETED_COMPLIANT"
    COMPLETED_NON_COMPLIANT = "COMPLETED_NON_COMPLIANT"
    FAILED = "FAILED"


class CheckErrorCode(StrEnum):
    """Why a check could not be done."""

    INSUFFICIENT_PERMISSIONS = "INSUFFICIENT_PERMISSIONS"
    AUDIT_CHECK_DISABLED = "AUDIT_CHECK_DISABLED"


class Severity(StrEnum):
    """How bad a finding is, worst first."""

    CRITICAL = "CRITICAL"
    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"


class ResourceType(StrEnum):
    """What kind of thing a finding is about."""

    DEVICE_CERTIFICATE = "DEVICE_CERTIFICATE"
    CA_CERTIFICATE = "CA_CERTIFICATE"
    IOT_POLICY = "IOT_POLICY"
    COGNITO_IDENTITY_POOL = "COGNITO_IDENTITY_POOL"
    CLIENT_ID = "CLIENT_ID"
    ACCOUNT_SETTINGS = "ACCOUNT_SETTINGS"
    ROLE_ALIAS = "ROLE_ALIAS"
    IAM_ROLE = "IAM_ROLE"
    ISSUER_CERTIFICATE = "ISSUER_CERTIFICATE"


class AuditFrequency(StrEnum):
    """How often a scheduled audit takes place."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    BIWEEKLY = "BIWEEKLY"
    MONTHLY = "MONTHLY"


class DayOfWeek(StrEnum):
    """The day of a weekly or biweekly audit."""

    SUN = "SUN"
    MON = "MON"
    TUE = "TUE"
    WED = "WED"
    THU = "THU"
    FRI = "FRI"
    SAT = "SAT"


class NotificationTargetType(StrEnum):
    """Where the end of an audit can be announced."""

    SNS = "SNS"


class ThresholdName(StrEnum):
    """What can be configured of a check (`ConfigName`)."""

    CERT_AGE_THRESHOLD_IN_DAYS = "CERT_AGE_THRESHOLD_IN_DAYS"
    CERT_EXPIRATION_THRESHOLD_IN_DAYS = "CERT_EXPIRATION_THRESHOLD_IN_DAYS"
