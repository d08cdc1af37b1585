"""Decisions on a real account, for tests of the machinery that carries decisions out."""

from collections.abc import Callable, Sequence

from events.audit_account import AuditAccount
from events.audit_account_events import AuditRoleChanged
from events.configuration_change import CheckConfiguration, ConfigurationChange
from events.errors import InvalidRequest
from events.identifiers import audit_account_id
from events.log import EventLog
from events.scheduled_audit import Schedule, ScheduledAudit
from events.unit import Unit
from events.vocabulary import AuditFrequency, CheckName, TaskId
from tests.support.given import ACCOUNT, CAUSE

REGION = "us-east-1"
ROLE = "arn:aws:iam::000000000000:role/Audit"
LOGGING = CheckName("LOGGING_DISABLED_CHECK")
ACCOUNT_STREAM = audit_account_id(ACCOUNT)

Decide = Callable[[Unit], None]


def account_of(unit: Unit) -> AuditAccount:
    return unit.get(AuditAccount, ACCOUNT_STREAM)


def configure(role_arn: str = ROLE, checks: Sequence[CheckName] = (LOGGING,)) -> Decide:
    change = ConfigurationChange(role_arn, {name: CheckConfiguration(enabled=True) for name in checks})
    return lambda unit: account_of(unit).update_configuration(change, CAUSE)


def create_scheduled_audit(name: str) -> Decide:
    audit = ScheduledAudit(name, Schedule(AuditFrequency.DAILY), (LOGGING,))
    return lambda unit: account_of(unit).create_scheduled_audit(audit, REGION, CAUSE)


def admit_on_demand_audit(number: int) -> Decide:
    return lambda unit: account_of(unit).admit_on_demand_audit(TaskId(f"{number:032x}"), [LOGGING], CAUSE)


def change_role(role_arn: str) -> Decide:
    return configure(role_arn, ())


def refuse_half_way(unit: Unit) -> None:
    account_of(unit).trigger(AuditRoleChanged, CAUSE, role_arn="never")
    raise InvalidRequest("No.")


def decide_too_much(unit: Unit) -> None:
    """Decide more than a save may hold, in events that are small enough."""
    for _ in range(200):
        account_of(unit).trigger(AuditRoleChanged, CAUSE, role_arn="a" * 7000)


def decide_what_can_not_be_written(unit: Unit) -> None:
    account_of(unit).trigger(AuditRoleChanged, CAUSE, role_arn=17)


def roles_in(log: EventLog) -> list[str]:
    """Every role that the account was ever given."""
    return [event.role_arn for event in log.stream(ACCOUNT_STREAM) if isinstance(event, AuditRoleChanged)]
