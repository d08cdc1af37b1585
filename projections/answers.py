"""What the describe and list operations of the API ask."""

from typing import Protocol

from events.vocabulary import AccountId
from projections.account_configuration import AccountConfigurationView
from projections.audit_findings import AuditFindings
from projections.audit_tasks import AuditTasks
from projections.paging import Page, Slice
from projections.scheduled_audits import ScheduledAuditView


class ConfigurationAnswers(Protocol):
    """Answers DescribeAccountAuditConfiguration."""

    def describe(self, account: AccountId) -> AccountConfigurationView | None:
        """Return the account's configuration, None if it has none."""
        ...


class ScheduledAuditAnswers(Protocol):
    """Answers DescribeScheduledAudit, ListScheduledAudits and ListTagsForResource."""

    def describe(self, account: AccountId, name: str) -> ScheduledAuditView | None:
        """Return a scheduled audit of the account, None if it has none of that name."""
        ...

    def list(self, account: AccountId, page: Page) -> Slice[ScheduledAuditView]:
        """Return the account's scheduled audits by name."""
        ...


class Answers:
    """Answers of one moment: of now (`ReadModels`), or of one that is past."""

    account_configuration: ConfigurationAnswers
    scheduled_audits: ScheduledAuditAnswers
    audit_tasks: AuditTasks
    audit_findings: AuditFindings
