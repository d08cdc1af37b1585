"""An account's configuration and scheduled audits as they were: folded from its stream, as its aggregate is."""

from collections.abc import Iterable

from events.audit_account import AuditAccount
from events.event import Event
from events.identifiers import audit_account_id
from events.scheduled_audit import ScheduledAudit
from events.vocabulary import AccountId
from projections.account_configuration import AccountConfiguration, AccountConfigurationView, CheckSetting
from projections.answers import Answers
from projections.paging import Page, Slice
from projections.scheduled_audits import ScheduledAudits, ScheduledAuditView

CONCERNING = frozenset({*AccountConfiguration.handles, *ScheduledAudits.handles})
"""The events of the account's stream that change what is asked here. Most of the others are of audits' starts."""


class PastAccount(Answers):
    """Answers about one account, and about nothing else."""

    def __init__(self, account: AccountId, events: Iterable[Event]) -> None:
        """After these events, which are `CONCERNING` and of this account."""
        folded = AuditAccount.unwritten(audit_account_id(account))
        for event in events:
            event.apply(folded)
        self.account_configuration = PastConfiguration(folded)
        self.scheduled_audits = PastScheduledAudits(folded)


class PastConfiguration:
    """What the account was configured to."""

    def __init__(self, folded: AuditAccount) -> None:
        enabled, configurations = folded.enabled_checks, folded.configurations
        checks = {
            name: CheckSetting(name in enabled, configurations.get(name, {}))
            for name in enabled | configurations.keys()
        }
        self._view = AccountConfigurationView(folded.role_arn, checks, folded.targets)

    def describe(self, _: AccountId) -> AccountConfigurationView:
        """Return the configuration."""
        return self._view


class PastScheduledAudits:
    """The scheduled audits that it had."""

    def __init__(self, folded: AuditAccount) -> None:
        self._audits = {name: _view(audit) for name, audit in folded.scheduled_audits.items()}

    def describe(self, _: AccountId, name: str) -> ScheduledAuditView | None:
        """Return one of them, None if there was none of that name."""
        return self._audits.get(name)

    def list(self, _: AccountId, page: Page) -> Slice[ScheduledAuditView]:
        """Return them by name, as `ScheduledAudits.list` does."""
        after = "" if page.after is None else str(page.after[0])
        names = sorted(name for name in self._audits if name > after)
        shown = names[: page.limit]
        return Slice([self._audits[name] for name in shown], (shown[-1],) if len(names) > page.limit else None)


def _view(audit: ScheduledAudit) -> ScheduledAuditView:
    schedule = audit.schedule
    return ScheduledAuditView(
        audit.name,
        schedule.frequency,
        schedule.day_of_month,
        schedule.day_of_week,
        list(audit.check_names),
        audit.tags,
    )
