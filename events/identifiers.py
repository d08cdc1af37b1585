"""Ids that are derived, not looked up.

Retries, double deliveries and two schedulers all arrive at the same id, so that the second one collapses on
what the first has written.
"""

from datetime import datetime
from hashlib import sha1
from uuid import NAMESPACE_URL, UUID, uuid5

from events.resource import Resource
from events.vocabulary import AccountId, CheckName, TaskId


def audit_account_id(account: AccountId) -> UUID:
    """The stream of an account's configuration, scheduled audits and on-demand audits in progress."""
    return uuid5(NAMESPACE_URL, f"fleet-audit:/accounts/{account}")


def audit_task_id(account: AccountId, task_id: TaskId) -> UUID:
    """The stream of one audit. Another account's task id leads to a stream that does not exist."""
    return uuid5(NAMESPACE_URL, f"fleet-audit:/accounts/{account}/tasks/{task_id}")


def scheduled_audit_id(account: AccountId, name: str, generation: int) -> UUID:
    """What stands for one scheduled audit; one that is deleted and made again under its name is another."""
    return uuid5(audit_account_id(account), f"scheduled-audits/{generation}/{name}")


def scheduled_task_id(account: AccountId, name: str, generation: int, due: datetime) -> TaskId:
    """The id of the audit that is due at a time, whoever starts it and however often."""
    return TaskId(uuid5(scheduled_audit_id(account, name, generation), due.isoformat()).hex)


def audit_notification_id(account: AccountId, task_id: TaskId, channel: str) -> UUID:
    """The stream of the announcement of an audit's end over a channel, and the identity of its message."""
    return uuid5(audit_task_id(account, task_id), f"notifications/{channel}")


def audit_archive_id(account: AccountId, task_id: TaskId) -> UUID:
    """The stream of what became of an audit's events when they were archived."""
    return uuid5(audit_task_id(account, task_id), "archive")


def inventory_import_id(account: AccountId, import_id: str) -> UUID:
    """The stream of one import into the inventory."""
    return uuid5(audit_account_id(account), f"imports/{import_id}")


def credential_register_id() -> UUID:
    """The stream of every credential, of all accounts."""
    return uuid5(NAMESPACE_URL, "fleet-audit:/credentials")


def check_run_id(account: AccountId, task_id: TaskId, check_name: CheckName) -> UUID:
    """The stream of one check of one audit."""
    return uuid5(audit_task_id(account, task_id), f"checks/{check_name}")


def check_shard_id(account: AccountId, task_id: TaskId, check_name: CheckName, shard: int) -> UUID:
    """The stream of what one check found in one slice of the inventory."""
    return uuid5(check_run_id(account, task_id, check_name), f"shards/{shard}")


def finding_id(
    account: AccountId, task_id: TaskId, check_name: CheckName, resource: Resource, reason_code: str
) -> str:
    """The id of a finding: 32 lower-case hex digits, the same however often the finding is made."""
    return finding_id_in(check_run_id(account, task_id, check_name), resource.canonical, reason_code)


def finding_id_in(check_run: UUID, canonical_resource: str, reason_code: str) -> str:
    """The same, for who has the stream of the check run and the resource's canonical text at hand."""
    return FindingIds(check_run).of(canonical_resource, reason_code)


class FindingIds:
    """The ids of the findings of one check run, for who needs many of them.

    Their first eight digits are the check run's own. So the findings of a run lie together in every index, and
    adding them costs the same however many older ones there are.
    """

    def __init__(self, check_run: UUID) -> None:
        """`check_run` is the stream of the check run."""
        self._namespace = check_run.bytes
        self._beginning = check_run.hex[:8]

    def of(self, canonical_resource: str, reason_code: str) -> str:
        """The id of the finding about a resource, given by its canonical text."""
        # As `uuid5(check_run, ...).hex[8:]`, whose object would take longer to make than the digest.
        named = self._namespace + f"{canonical_resource}/{reason_code}".encode()
        digest = sha1(named, usedforsecurity=False).hexdigest()
        return f"{self._beginning}{digest[8:12]}5{digest[13:16]}{_VARIANTS[digest[16]]}{digest[17:32]}"


_VARIANTS = {f"{digit:x}": "89ab"[digit & 3] for digit in range(16)}
"""The digit of an identifier that says how it is laid out, by the digest's own in that place."""


def scheduled_audit_arn(region: str, account: AccountId, name: str) -> str:
    """The ARN of a scheduled audit, as AWS writes it."""
    return f"arn:aws:iot:{region}:{account}:scheduledaudit/{name}"


def certificate_arn(region: str, account: AccountId, certificate_id: str) -> str:
    """The ARN of a device certificate, as AWS writes it."""
    return f"arn:aws:iot:{region}:{account}:cert/{certificate_id}"
