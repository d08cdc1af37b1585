"""Does to an audit what workers would do, command by command, and waits until the read models have it."""

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

from events.application import Judgement
from events.audit_task import CheckOutcome
from events.check_run import CheckPlan
from events.check_shard import ShardId, ShardTally
from events.committer import Committed
from events.event import Cause
from events.resource import NonCompliance, Resource
from events.vocabulary import AccountId, CheckName, CheckRunStatus, ResourceType, Severity, TaskId
from service.services import Services

CERTIFICATE = "ab" * 32


def device_certificate(
    certificate_id: str = CERTIFICATE, code: str = "CERTIFICATE_PAST_EXPIRATION"
) -> NonCompliance:
    """An expired device certificate."""
    return NonCompliance(
        Resource(ResourceType.DEVICE_CERTIFICATE, {"deviceCertificateId": certificate_id}),
        code,
        "Certificate is past its expiration.",
        {"EXPIRATION_TIME": "1582862626000"},
    )


def policy_version(name: str, version: str) -> NonCompliance:
    """A policy that allows too much."""
    identifier = {"policyVersionIdentifier": {"policyName": name, "policyVersionId": version}}
    return NonCompliance(
        Resource(ResourceType.IOT_POLICY, identifier),
        "ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS",
        "Policy allows broad access to IoT data plane actions: [iot:Subscribe].",
    )


class AuditAtWork:
    """One audit that was started through the API."""

    def __init__(
        self, services: Services, task_id: str, account: AccountId | None = None, inventory_version: int = 1
    ) -> None:
        self._services = services
        self._task_id = TaskId(task_id)
        self._account = account or services.settings.account
        self._inventory_version = inventory_version
        self._shards = 0

    def find(self, check: str, *findings: NonCompliance, examined: int = 0, not_judged: int = 0) -> None:
        """Let a check report one more shard."""
        name = CheckName(check)
        application, cause = self._services.application, self._cause()
        plan = CheckPlan(self._inventory_version, ["m", None], 1, [])
        application.record_check_plan(self._task_id, name, plan, cause).result()
        non_compliant = len({each.resource.canonical for each in findings})
        tally = ShardTally(examined or len(findings), non_compliant, {"reason": not_judged} if not_judged else {})
        judgement = Judgement(findings, tally, Severity.MEDIUM)
        assert application.record_judgement(ShardId(self._task_id, name, self._shards), judgement, cause)
        self._shards += 1
        # A command that changes nothing tells how far the log is.
        self._wait(application.record_check_plan(self._task_id, name, plan, cause))

    def end(self, check: str, status: CheckRunStatus, **outcome: Any) -> None:
        """Let a check end; the last one ends the audit."""
        asked = self._services.application.end_check_run(
            self._task_id, CheckName(check), CheckOutcome(status, **outcome), self._cause()
        )
        self._wait(asked)

    def complete(self, checks: Sequence[str]) -> None:
        """Let every check end without a finding."""
        for check in checks:
            self.end(check, CheckRunStatus.COMPLETED_COMPLIANT)

    def _cause(self) -> Cause:
        return Cause(self._account, self._services.clock.now(), "worker", "request-1")

    def _wait(self, command: Future[Committed[None]]) -> None:
        assert self._services.progress.wait(command.result(10).position, 10)
