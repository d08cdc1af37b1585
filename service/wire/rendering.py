"""From the answers of the read models to the JSON of the API."""

from collections.abc import Mapping
from typing import Any

from events.resource import RelatedResource, Resource
from events.vocabulary import CheckName, CheckRunStatus
from projections.account_configuration import CheckSetting, NotificationTarget
from projections.audit_findings import FindingView
from projections.audit_tasks import AuditTaskView, CheckDetail
from projections.scheduled_audits import ScheduledAuditView
from service.wire.answer import present
from service.wire.timestamps import epoch_seconds

RELATED_RESOURCES_SHOWN = 10
"""With a finding; the others are there for ListRelatedResourcesForAuditFinding. Source: AWS's model of that
operation, of DescribeAuditFinding. A list shows no more, or a page of 250 could have a hundred megabytes."""

RELATED_RESOURCES_ONLY_LISTED = frozenset(
    {CheckName("INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK")}
)
"""Checks with whose findings no related resource is shown. Source: the same."""


def check_configuration(setting: CheckSetting) -> dict[str, Any]:
    """`AuditCheckConfiguration`: the thresholds stand in it once they were set (docs/choices.md)."""
    return present({"enabled": setting.enabled, "configuration": dict(setting.configuration) or None})


def notification_target(target: NotificationTarget) -> dict[str, Any]:
    """`AuditNotificationTarget`, with what was ever given of it."""
    return present({"targetArn": target.target_arn, "roleArn": target.role_arn, "enabled": target.enabled})


def scheduled_audit(audit: ScheduledAuditView, arn: str) -> dict[str, Any]:
    """`ScheduledAuditMetadata`: a scheduled audit as it is listed."""
    return present(
        {
            "scheduledAuditName": audit.name,
            "scheduledAuditArn": arn,
            "frequency": audit.frequency,
            "dayOfMonth": audit.day_of_month,
            "dayOfWeek": audit.day_of_week,
        }
    )


def audit_task(task: AuditTaskView) -> dict[str, Any]:
    """The whole of an audit, as `DescribeAuditTask` answers it."""
    return {
        "taskStatus": task.status,
        "taskType": task.task_type,
        "taskStartTime": epoch_seconds(task.started_at),
        "taskStatistics": _statistics(task),
        "scheduledAuditName": task.scheduled_audit_name,
        "auditDetails": {name: _check_details(detail) for name, detail in task.details.items()},
    }


def audit_task_metadata(task: AuditTaskView) -> dict[str, Any]:
    """`AuditTaskMetadata`: an audit as it is listed."""
    return {"taskId": task.task_id, "taskStatus": task.status, "taskType": task.task_type}


def _statistics(task: AuditTaskView) -> dict[str, int]:
    count = [detail.status for detail in task.details.values()].count
    return {
        "totalChecks": len(task.details),
        "inProgressChecks": count(CheckRunStatus.IN_PROGRESS),
        "waitingForDataCollectionChecks": count(CheckRunStatus.WAITING_FOR_DATA_COLLECTION),
        "compliantChecks": count(CheckRunStatus.COMPLETED_COMPLIANT),
        "nonCompliantChecks": count(CheckRunStatus.COMPLETED_NON_COMPLIANT),
        "failedChecks": count(CheckRunStatus.FAILED),
        "canceledChecks": count(CheckRunStatus.CANCELED),
    }


def _check_details(detail: CheckDetail) -> dict[str, Any]:
    """`AuditCheckDetails`. `checkCompliant` is true of a check that is done and found nothing, of no other."""
    details = {
        "checkRunStatus": detail.status,
        "checkCompliant": detail.status == CheckRunStatus.COMPLETED_COMPLIANT,
        "totalResourcesCount": detail.examined,
        "nonCompliantResourcesCount": detail.non_compliant,
        "suppressedNonCompliantResourcesCount": detail.suppressed,
    }
    if detail.error_code is not None:
        details["errorCode"] = detail.error_code
    if detail.message is not None:
        details["message"] = detail.message
    return details


def finding(view: FindingView) -> dict[str, Any]:
    """`AuditFinding` with its first related resources. What it does not have is left out, as in AWS's examples."""
    shown = 0 if view.check_name in RELATED_RESOURCES_ONLY_LISTED else RELATED_RESOURCES_SHOWN
    return present(
        {
            "findingId": view.finding_id,
            "taskId": view.task_id,
            "checkName": view.check_name,
            "taskStartTime": epoch_seconds(view.task_started_at),
            "findingTime": epoch_seconds(view.found_at),
            "severity": view.severity,
            "nonCompliantResource": _resource(view.resource, view.additional_info),
            "relatedResources": [related_resource(related) for related in view.related_resources[:shown]] or None,
            "reasonForNonCompliance": view.reason,
            "reasonForNonComplianceCode": view.reason_code,
            "isSuppressed": view.is_suppressed,
        }
    )


def related_resource(related: RelatedResource) -> dict[str, Any]:
    """`RelatedResource`: one that has a part in the non-compliance of another."""
    return _resource(related.resource, related.additional_info)


def _resource(resource: Resource, additional_info: Mapping[str, str]) -> dict[str, Any]:
    """`NonCompliantResource` and `RelatedResource`, which have the same members."""
    return present(
        {
            "resourceType": resource.type,
            "resourceIdentifier": resource.identifier,
            "additionalInfo": dict(additional_info) or None,
        }
    )
