"""An audit and its checks, as they are told to whoever asks."""

from collections.abc import Mapping
from dataclasses import dataclass

from events.vocabulary import AuditTaskStatus, AuditTaskType, CheckErrorCode, CheckName, CheckRunStatus, TaskId


@dataclass(frozen=True, slots=True)
class CheckDetail:
    """Where one check of an audit stands. While it is under way, its counts grow shard by shard."""

    status: CheckRunStatus = CheckRunStatus.IN_PROGRESS
    examined: int = 0
    non_compliant: int = 0
    suppressed: int = 0
    error_code: CheckErrorCode | None = None
    message: str | None = None
    shards: int | None = None
    """Pieces that the check was planned in; None before that."""
    shards_done: int = 0
    not_judged: int = 0
    """Resources that could not be judged; they count as examined."""
    inventory_version: int | None = None
    """What the check examined, of connections a recording; None before it is planned."""
    findings: int = 0
    """Recorded so far. A resource may have several: one for each reason."""


@dataclass(frozen=True, slots=True)
class AuditTaskView:
    """One audit."""

    task_id: TaskId
    status: AuditTaskStatus
    task_type: AuditTaskType
    started_at: int
    """Epoch milliseconds."""
    scheduled_audit_name: str | None
    details: Mapping[CheckName, CheckDetail]
    ended_at: int | None = None
    """Epoch milliseconds; None while it is in progress."""
