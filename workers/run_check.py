"""What the actors do: plan a check over shards of the inventory, and judge one shard.

Every message may come twice, late or never. So each begins by asking the log what is left to do, and what it
records collapses on what is there already.
"""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from events.application import Judgement
from events.audit_task import CheckOutcome
from events.check_run import NO_KEY_BLOCKLIST, CheckPlan
from events.check_shard import ShardId, ShardTally
from events.errors import StoreUnavailable
from events.resource import NonCompliance
from events.vocabulary import AccountId, CheckName, TaskId
from workers import outcomes
from workers.checks.check import Check, Circumstances
from workers.inventory.kinds import Kind
from workers.judging.weak_keys import WeakKeys
from workers.open_check_run import OpenCheckRun, find_open_check_run
from workers.read_account import read_account
from workers.watched_rows import WatchedRows
from workers.worker import Worker

MOST_SHARDS = 1_000
"""A plan is one event and must stay below the largest (`events/codec.py`), with keys as long as they get: the
128 characters of a policy's name. Of more than ten million rows, a shard takes more than its usual share."""

logger = logging.getLogger(__name__)


def plan_check(worker: Worker, account: AccountId, task_id: TaskId, check_name: CheckName) -> None:
    """Cut what the check is to examine into shards and record that, or record why the check can't be done.

    Does nothing when the check is planned already, or over. Raises StoreUnavailable, for a later try.
    """
    run = find_open_check_run(worker, account, task_id, check_name)
    if run is None or run.plan is not None:
        return
    check = worker.registry.get(check_name)
    if check is None:
        run.end(outcomes.UNKNOWN_CHECK)
        return
    with _a_crash_ends(run):
        lacking = read_account(run, check)
        if lacking is not None:
            _plan(run, check, lacking)


def _plan(run: OpenCheckRun, check: Check, lacking: list[str]) -> None:
    """Plan a check over what is known now; `lacking` says what could not be read, for its message."""
    worker, account = run.worker, run.follows.account
    source = run.source()
    version = source.current_version(account)
    missing = [kind for kind in check.examines.kinds if not source.is_listed(account, kind, version)]
    if missing:
        run.end(_nothing_known(run, missing))
        return
    bounds = source.shard_bounds(account, check.examines, version, worker.shard_size)
    if bounds and not collect(run, check, version):
        return
    shards = at_most(1 if check.is_judged_whole else MOST_SHARDS, bounds)
    circumstances = replace(run.circumstances(), connections_known_since=run.connections_known_since())
    notices = [*lacking, *check.notices(circumstances)]
    plan = CheckPlan(version, shards, check.version, notices, key_blocklist(check, worker.weak_keys))
    worker.application.record_check_plan(run.task.task_id, check.name, plan, run.cause()).result()


def _nothing_known(run: OpenCheckRun, missing: list[Kind]) -> CheckOutcome:
    if run.window is not None:
        return outcomes.connections_not_known(run.window, run.connections_known_since())
    return outcomes.not_permitted(missing)


def collect(run: OpenCheckRun, check: Check, version: int) -> bool:
    """See to it that what the check needs besides the inventory has been collected.

    Return False when nobody waits for it any more. What is recorded already, because the message was delivered
    before, is not collected again.
    """
    worker, task_id = run.worker, run.task.task_id
    if check.collects is None or worker.collector is None or run.evidence_id is not None:
        return True
    worker.application.start_data_collection(task_id, check.name, run.cause()).result()
    since, is_wanted = run.task.started_at, run.is_wanted
    evidence_id = worker.collector.collect(run.follows.account, check, version, since, is_wanted)
    if evidence_id is None:
        return False
    recorded = worker.application.record_collected_data(task_id, check.name, evidence_id, run.cause()).result()
    return recorded.value is not None


def judge_shard(worker: Worker, account: AccountId, task_id: TaskId, check_name: CheckName, number: int) -> None:
    """Judge one shard of a planned check and record what was found.

    Does nothing when that is done already, or when the audit is over before or meanwhile. Raises
    StoreUnavailable, for a later try.
    """
    run = find_open_check_run(worker, account, task_id, check_name)
    shard = ShardId(task_id, check_name, number)
    check = worker.registry.get(check_name)
    if run is None or run.plan is None or check is None or run.is_judged(shard):
        return
    after, up_to = [None, *run.plan.shard_bounds][number : number + 2]
    version, examines = run.plan.inventory_version, check.examines
    rows = run.source().rows(account, examines, version, after, up_to)
    watched = WatchedRows(rows, run.is_wanted, worker.monotonic, key_at=examines.key_at)
    with _a_crash_ends(run):
        judgement = judge(check, watched, run.circumstances())
        if run.is_forgotten(version):
            run.end(outcomes.FORGOTTEN)
        elif not watched.is_broken_off:
            worker.application.record_judgement(shard, judgement, run.cause())


def judge(check: Check, rows: WatchedRows, circumstances: Circumstances) -> Judgement:
    """What a check says of some rows. Of alike findings about one resource the first stands."""
    findings: dict[tuple[str, str], NonCompliance] = {}
    not_judged: Counter[str] = Counter()
    for verdict in check.judge(rows, circumstances):
        if isinstance(verdict, NonCompliance):
            findings.setdefault((verdict.resource.canonical, verdict.reason_code), verdict)
        else:
            not_judged[verdict.reason] += 1
    non_compliant = len({resource for resource, _ in findings})
    return Judgement(
        list(findings.values()), ShardTally(rows.examined, non_compliant, dict(not_judged)), check.severity
    )


def key_blocklist(check: Check, weak_keys: WeakKeys | None) -> str | None:
    """What a plan says of the list of weak keys (`CheckPlan.key_blocklist`)."""
    if not check.asks_key_blocklist:
        return None
    return NO_KEY_BLOCKLIST if weak_keys is None else weak_keys.digest


def at_most(number: int, bounds: list[str | None]) -> list[str | None]:
    """Join neighbouring shards until there are no more than `number`."""
    together = -(-len(bounds) // number)
    return bounds[::-together][::-1] if together > 1 else bounds


@contextmanager
def _a_crash_ends(run: OpenCheckRun) -> Iterator[None]:
    """Let an error in a check's code fail that check, and not the audit.

    A store that can't be reached is not the check's fault.
    """
    try:
        yield
    except StoreUnavailable:
        raise
    except Exception:
        logger.exception("%s of the audit %s failed.", run.check_name, run.task.task_id)
        run.end(outcomes.CRASHED)
