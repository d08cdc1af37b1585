"""What else happens when an audit ends: it gives its place back, and its end is to be announced."""

from events.audit_account import AuditAccount
from events.audit_notification import NotificationChannel
from events.event import Cause
from events.identifiers import audit_account_id
from events.notifications import notification_of
from events.unit import Unit
from events.vocabulary import NotificationTargetType, TaskId


def audit_ended(unit: Unit, task_id: TaskId, cause: Cause) -> None:
    """Do so, once an audit. Who is told is who the account names now; nobody looks again when it is sent."""
    account = unit.get(AuditAccount, audit_account_id(cause.account))
    account.release_on_demand_audit(task_id, cause)
    target = account.targets.get(NotificationTargetType.SNS)
    if target is not None and target.enabled:
        sns = notification_of(unit, task_id, NotificationChannel.SNS, cause)
        sns.request(task_id, NotificationChannel.SNS, target.target_arn or "", target.role_arn or "", cause)
    if account.has_webhook:
        webhook = notification_of(unit, task_id, NotificationChannel.WEBHOOK, cause)
        webhook.request(task_id, NotificationChannel.WEBHOOK, "", "", cause)
