"""Judges a past audit again, on what it recorded and with today's code. Nothing is written.

Piece by piece, as the audit itself was judged: the rows of the inventory's version, the thresholds, the evidence
and the window of connections that the log names. So memory does not depend on how many resources there are.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

from events.check_run import CheckPlan
from events.clock import Clock, from_epoch_milliseconds
from events.errors import StoreUnavailable
from events.vocabulary import CheckName
from workers.checks.check import Check, Circumstances
from workers.judging.look_back import Window
from workers.judging.revocation import Revocations
from workers.judging.weak_keys import WeakKeys
from workers.judging_again.check_judged_again import (
    CheckJudgedAgain,
    DifferingFinding,
    Result,
    differing_findings,
)
from workers.judging_again.recorded_audit import RecordedAudit, RecordedCheck, RecordedShard
from workers.presence.connections import Presence
from workers.presence.store import KEPT_FOR, LONGEST_AUDIT
from workers.revocation.evidence import CollectedRevocations
from workers.revocation.store import EvidenceGone, RevocationStore
from workers.run_check import judge, key_blocklist
from workers.watched_rows import WatchedRows
from workers.worker import Inventory

ROWS_GONE = "inventory rows no longer kept (retention)"
CONNECTIONS_GONE = "connections no longer kept as they were known then"
EVIDENCE_GONE = "evidence gone (retention)"
BLOCKLIST_DIFFERS = "key blocklist differs"
BLOCKLIST_UNKNOWN = "the key blocklist of then was not recorded"
NO_SUCH_CHECK = "there is no check of this name any more"
UNEXPLAINED = "nothing that was recorded explains it: the check's version is the same"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class JudgedOn:
    """The stores that audits are judged on, and today's checks."""

    inventory: Inventory
    is_kept: Callable[[int], bool]
    """Whether the inventory still has a version of the account."""
    revocation: RevocationStore
    presence: Presence
    registry: Mapping[CheckName, Check]
    weak_keys: WeakKeys | None
    region: str
    clock: Clock


@dataclass(frozen=True)
class JudgingAgain:
    """Judges the checks of one audit again."""

    audit: RecordedAudit
    on: JudgedOn
    differs: Callable[[DifferingFinding], None]
    """Told each finding that differs, as soon as that is known."""
    piece_done: Callable[[int], None]
    """Told after each piece of a check how many resources were in it."""

    def judge(self, recorded: RecordedCheck) -> CheckJudgedAgain:
        """Judge a check again. Raise StoreUnavailable when a store can't be read."""
        check, plan = self.on.registry.get(recorded.name), recorded.plan
        if plan is None:
            return CheckJudgedAgain(recorded.name, Result.NOT_JUDGED, reasons=[_why_not_judged(recorded)])
        came_to = CheckJudgedAgain(
            recorded.name,
            Result.SAME,
            version_then=plan.check_version,
            version_now=check.version if check else None,
            shards=len(plan.shard_bounds),
        )
        try:
            self._judge_planned(recorded, plan, check, came_to)
        except StoreUnavailable:
            raise
        except _Gone as gone:
            came_to.can_not(str(gone))
        except EvidenceGone:
            came_to.can_not(EVIDENCE_GONE)
        except Exception as error:
            logger.exception("%s can't be judged again.", recorded.name)
            came_to.can_not(f"today's code fails: {type(error).__name__}")
        return came_to

    def _judge_planned(
        self, recorded: RecordedCheck, plan: CheckPlan, check: Check | None, came_to: CheckJudgedAgain
    ) -> None:
        if check is None:
            raise _Gone(NO_SUCH_CHECK)
        window = self._window(check)
        self._require_kept(plan, window)
        work = _Piecework(check, plan, self._circumstances(recorded, window), window)
        for number in range(len(plan.shard_bounds)):
            then = self.audit.shard(check.name, number)
            if then is None:
                came_to.shards_not_done += 1
                self.piece_done(0)
            else:
                self.piece_done(self._judge_piece(work, number, then, came_to))
        self._require_kept(plan, window)  # still
        if came_to.result is Result.DIFFERS:
            if window is not None and self._age(plan) > LONGEST_AUDIT:
                raise _Gone(CONNECTIONS_GONE)
            came_to.reasons += self._reasons(check, plan)

    def _judge_piece(self, work: "_Piecework", number: int, then: RecordedShard, came_to: CheckJudgedAgain) -> int:
        check, plan = work.check, work.plan
        source = self.on.inventory if work.window is None else self.on.presence.during(work.window)
        after, up_to = [None, *plan.shard_bounds][number : number + 2]
        rows = source.rows(self.audit.account, check.examines, plan.inventory_version, after, up_to)
        watched = WatchedRows(rows, lambda: True, monotonic, key_at=check.examines.key_at)
        judgement = judge(check, watched, work.circumstances)
        if watched.examined < then.tally.resources_examined and plan.check_version == check.version:
            raise _Gone(ROWS_GONE if work.window is None else CONNECTIONS_GONE)
        came_to.examined += watched.examined
        came_to.findings += len(judgement.findings)
        now = [(finding, check.severity) for finding in judgement.findings]
        for each in differing_findings(check.name, then.findings, now):
            came_to.count(each)
            self.differs(each)
        return watched.examined

    def _window(self, check: Check) -> Window | None:
        task = self.audit.task
        if check.looks_back is None:
            return None
        return check.looks_back.window(task.task_type, task.started_at, task.previous_start)

    def _require_kept(self, plan: CheckPlan, window: Window | None) -> None:
        """Raise _Gone if what the plan names is not there. Where nothing was in scope, nothing is needed."""
        if not plan.shard_bounds:
            return
        version = plan.inventory_version
        if window is None:
            if not self.on.is_kept(version):
                raise _Gone(ROWS_GONE)
        elif self.on.presence.is_forgotten(self.audit.account, version) or self._age(plan) > KEPT_FOR:
            raise _Gone(CONNECTIONS_GONE)

    def _age(self, plan: CheckPlan) -> timedelta:
        """How long ago a version of connections was recorded, whose number is a time."""
        return self.on.clock.now() - from_epoch_milliseconds(plan.inventory_version)

    def _circumstances(self, recorded: RecordedCheck, window: Window | None) -> Circumstances:
        task = self.audit.task
        return Circumstances(
            account=self.audit.account,
            region=self.on.region,
            now=task.started_at,
            configuration=task.target_checks[recorded.name].configuration,
            weak_keys=self.on.weak_keys,
            revocations=self._revocations(recorded.evidence_id),
            window=window,
        )

    def _revocations(self, evidence_id: str | None) -> Revocations | None:
        store = self.on.revocation
        return None if evidence_id is None else CollectedRevocations(store.evidence(evidence_id), store.revoked)

    def _reasons(self, check: Check, plan: CheckPlan) -> list[str]:
        """Why findings differ, as far as what was recorded says."""
        reasons: list[str] = []
        if plan.check_version != check.version:
            reasons.append(f"check's code changed (v{plan.check_version} -> v{check.version})")
        if check.asks_key_blocklist and plan.key_blocklist is None:
            reasons.append(BLOCKLIST_UNKNOWN)
        elif plan.key_blocklist != key_blocklist(check, self.on.weak_keys):
            reasons.append(BLOCKLIST_DIFFERS)
        return reasons or [UNEXPLAINED]


class _Gone(Exception):  # noqa: N818 - what has happened
    """Why a check can't be judged again."""


@dataclass(frozen=True)
class _Piecework:
    check: Check
    plan: CheckPlan
    circumstances: Circumstances
    window: Window | None


def _why_not_judged(recorded: RecordedCheck) -> str:
    if recorded.outcome is None:
        return "canceled before it was planned"
    message = f": {recorded.outcome.message}" if recorded.outcome.message else ""
    return f"{recorded.outcome.status.lower()} before anything was judged{message}"
