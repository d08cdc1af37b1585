"""Audits of the made-up checks."""

from dataclasses import replace

from events.audit_task import CheckOutcome
from events.check_run import CheckPlan
from events.check_shard import ShardId
from events.configuration_change import CheckConfiguration, ConfigurationChange
from events.event import Event
from events.scheduled_audit import Schedule, ScheduledAudit
from events.vocabulary import (
    AuditFrequency,
    CheckName,
    CheckRunStatus,
    TaskId,
)
from tests.support.given import CAUSE
from tests.support.made_up_catalogue import ROTTING

PATIENCE = 30.0
ROLE = "arn:aws:iam::000000000000:role/Audit"
TASK = TaskId("a" * 32)
SHARD = ShardId(TASK, ROTTING, 0)
WORKER = replace(CAUSE, actor="worker", causation_id="cause")
PLAN = CheckPlan(inventory_version=1, shard_bounds=[None], check_version=1, notices=[])
COMPLIANT = CheckOutcome(CheckRunStatus.COMPLETED_COMPLIANT, resources_examined=1)
DAILY = ScheduledAudit("daily", Schedule(AuditFrequency.DAILY), (ROTTING,))


def configuration(*checks: CheckName, thresholds: dict[str, str] | None = None) -> ConfigurationChange:
    return ConfigurationChange(
        ROLE, {name: CheckConfiguration(enabled=True, configuration=thresholds) for name in checks}
    )


def facts(event: Event) -> dict[str, object]:
    return vars(event)
