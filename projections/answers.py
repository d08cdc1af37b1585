"""What the describe and list operations of the API ask."""

from projections.account_configuration import AccountConfiguration
from projections.audit_findings import AuditFindings
from projections.audit_tasks import AuditTasks
from projections.scheduled_audits import ScheduledAudits


class Answers:
    """Answers of one moment: of now (`ReadModels`), or of one that is past (`PastReadModels`)."""

    account_configuration: AccountConfiguration
    scheduled_audits: ScheduledAudits
    audit_tasks: AuditTasks
    audit_findings: AuditFindings
