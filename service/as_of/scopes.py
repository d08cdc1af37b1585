"""Which operations can be asked about the past, and what of it each wants to know."""

from collections.abc import Callable, Mapping
from typing import Any

from service.as_of.scope import OfAccount, OfAudit, OfAudits, OfFinding, OfFindings, Scope
from service.operations.describe_account_audit_configuration import DescribeAccountAuditConfigurationRequest
from service.operations.describe_audit_finding import DescribeAuditFindingRequest
from service.operations.describe_audit_task import DescribeAuditTaskRequest
from service.operations.describe_scheduled_audit import DescribeScheduledAuditRequest
from service.operations.list_audit_findings import ListAuditFindingsRequest
from service.operations.list_audit_tasks import ListAuditTasksRequest
from service.operations.list_related_resources_for_audit_finding import ListRelatedResourcesForAuditFindingRequest
from service.operations.list_scheduled_audits import ListScheduledAuditsRequest
from service.operations.list_tags_for_resource import ListTagsForResourceRequest
from service.wire.request import Request


def _of_findings(asked: ListAuditFindingsRequest) -> Scope:
    return OfFindings(asked.task_id, asked.start_time, asked.end_time, asked.check_name)


SCOPES: Mapping[type[Request], Callable[[Any], Scope]] = {
    DescribeAccountAuditConfigurationRequest: lambda _: OfAccount(),
    DescribeScheduledAuditRequest: lambda _: OfAccount(),
    ListScheduledAuditsRequest: lambda _: OfAccount(),
    ListTagsForResourceRequest: lambda _: OfAccount(),
    DescribeAuditTaskRequest: lambda asked: OfAudit(asked.task_id),
    ListAuditTasksRequest: lambda asked: OfAudits(asked.start_time, asked.end_time),
    ListAuditFindingsRequest: _of_findings,
    DescribeAuditFindingRequest: lambda asked: OfFinding(asked.finding_id),
    ListRelatedResourcesForAuditFindingRequest: lambda asked: OfFinding(asked.finding_id),
}
"""By the request of an operation. Of any other operation nobody can ask how it was."""

OPERATIONS = frozenset(kind.__name__.removesuffix("Request") for kind in SCOPES)
"""Their names."""
