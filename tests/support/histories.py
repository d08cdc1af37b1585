"""Random histories that could have happened: the real aggregates decide, and what they refuse does not happen."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from hypothesis import strategies as st

from events.audit_account import AuditAccount
from events.audit_task import AuditTask, CheckOutcome, TargetCheck
from events.check_shard import CheckShard, ShardId, ShardTally
from events.configuration_change import CheckConfiguration, ConfigurationChange, NotificationTarget
from events.errors import Refusal
from events.event import Aggregate, Cause, Event
from events.identifiers import audit_account_id, audit_task_id, check_shard_id
from events.resource import NonCompliance
from events.scheduled_audit import ScheduledAudit
from events.vocabulary import (
    AccountId,
    AuditTaskType,
    CheckName,
    CheckRunStatus,
    NotificationTargetType,
    Severity,
    TaskId,
)
from tests.support.events import (
    EXPIRING,
    LOGGING,
    ROLE_ARN,
    TARGET,
    WEEKLY,
    device_certificate,
    non_compliance,
    policy_version,
    task_id,
)
from tests.support.given import NOON

A = TypeVar("A", bound=Aggregate)

ACCOUNTS = (AccountId("000000000000"), AccountId("111111111111"))
CHECKS = (EXPIRING, LOGGING, CheckName("IOT_POLICY_OVERLY_PERMISSIVE_CHECK"))
RESOURCES = (device_certificate(1), device_certificate(2), policy_version("a_b", 1), policy_version("a%b", 2))


class World:
    """The aggregates of some accounts, and all that has happened, in order."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._now = NOON
        self._aggregates: dict[UUID, Aggregate] = {}

    def get(self, kind: type[A], stream_id: UUID) -> A:
        aggregate = self._aggregates.setdefault(stream_id, kind.unwritten(stream_id))
        assert isinstance(aggregate, kind)
        return aggregate

    def task(self, account: AccountId, task: TaskId) -> AuditTask:
        return self.get(AuditTask, audit_task_id(account, task))

    def cause(self, account: AccountId) -> Cause:
        return Cause(account, self._now, "AKIDEXAMPLE", "request-1")

    def obey(self, command: "Command") -> None:
        """Let a command be decided, some milliseconds after the one before."""
        with suppress(Refusal):
            command(self)
        for aggregate in self._aggregates.values():
            self.events += [event for event in aggregate.collect_events() if isinstance(event, Event)]
        self._now += timedelta(milliseconds=3)


Command = Callable[[World], object]

accounts = st.sampled_from(ACCOUNTS)
checks = st.sampled_from(CHECKS)
some_checks = st.lists(checks, min_size=1, unique=True)
names = st.sampled_from(("nightly", "Weekly"))
tags = st.dictionaries(st.sampled_from("abc"), st.text(max_size=3), max_size=2)
tasks = st.integers(1, 2).map(task_id)


def _configure(account: AccountId, change: ConfigurationChange) -> Command:
    return lambda world: world.get(AuditAccount, audit_account_id(account)).update_configuration(
        change, world.cause(account)
    )


def _forget(account: AccountId, with_schedules: bool) -> Command:
    return lambda world: world.get(AuditAccount, audit_account_id(account)).delete_configuration(
        world.cause(account), delete_scheduled_audits=with_schedules
    )


def _schedule(account: AccountId, audit: ScheduledAudit) -> Command:
    return lambda world: world.get(AuditAccount, audit_account_id(account)).create_scheduled_audit(
        audit, "us-east-1", world.cause(account)
    )


def _reschedule(account: AccountId, name: str, check_names: list[CheckName]) -> Command:
    return lambda world: world.get(AuditAccount, audit_account_id(account)).update_scheduled_audit(
        name, {}, check_names, world.cause(account)
    )


def _unschedule(account: AccountId, name: str) -> Command:
    return lambda world: world.get(AuditAccount, audit_account_id(account)).delete_scheduled_audit(
        name, world.cause(account)
    )


def _tag(account: AccountId, name: str, given: dict[str, str]) -> Command:
    return lambda world: world.get(AuditAccount, audit_account_id(account)).tag_scheduled_audit(
        name, given, world.cause(account)
    )


def _untag(account: AccountId, name: str, keys: list[str]) -> Command:
    return lambda world: world.get(AuditAccount, audit_account_id(account)).untag_scheduled_audit(
        name, keys, world.cause(account)
    )


def _start(account: AccountId, task: TaskId, check_names: list[CheckName]) -> Command:
    targets = [TargetCheck(name) for name in check_names]
    return lambda world: world.task(account, task).start(
        task, AuditTaskType.ON_DEMAND, targets, ROLE_ARN, world.cause(account)
    )


def _cancel(account: AccountId, task: TaskId) -> Command:
    return lambda world: world.task(account, task).cancel(world.cause(account))


def _end_check(account: AccountId, task: TaskId, name: CheckName, outcome: CheckOutcome) -> Command:
    def decide(world: World) -> None:
        if world.task(account, task).exists:
            world.task(account, task).record_check_outcome(name, outcome, world.cause(account))

    return decide


def _judge(account: AccountId, shard: ShardId, batch: int, found: list[NonCompliance], is_last: bool) -> Command:
    def decide(world: World) -> None:
        task = world.task(account, shard.task_id)
        if not task.exists or task.is_over:
            return
        cause = world.cause(account)
        stream_id = check_shard_id(account, shard.task_id, shard.check_name, shard.number)
        kept = world.get(CheckShard, stream_id)
        kept.record_findings(shard, batch, found, Severity.HIGH, task.started_at, cause)
        if is_last:
            kept.complete(shard, ShardTally(10, len(found)), cause)

    return decide


changes = st.builds(
    ConfigurationChange,
    st.none() | st.just(ROLE_ARN),
    st.dictionaries(checks, st.builds(CheckConfiguration, st.none() | st.booleans(), st.none() | tags)),
    st.dictionaries(
        st.just(NotificationTargetType.SNS), st.sampled_from([TARGET, NotificationTarget(enabled=False)])
    ),
)
outcomes = st.builds(
    CheckOutcome,
    st.sampled_from([CheckRunStatus.COMPLETED_COMPLIANT, CheckRunStatus.FAILED]),
    st.integers(0, 9),
    message=st.none() | st.text(max_size=5),
)
audits = st.builds(ScheduledAudit, names, st.just(WEEKLY), some_checks.map(tuple), tags)
shards = st.builds(ShardId, tasks, checks, st.integers(0, 1))
findings = st.lists(
    st.builds(non_compliance, st.sampled_from(RESOURCES), st.sampled_from(["EXPIRED", "SHARED"])), max_size=3
)
judgements = st.builds(_judge, accounts, shards, st.integers(0, 1), findings, st.booleans())
commands: st.SearchStrategy[Command] = st.one_of(
    st.builds(_configure, accounts, changes),
    st.builds(_forget, accounts, st.booleans()),
    st.builds(_schedule, accounts, audits),
    st.builds(_reschedule, accounts, names, some_checks),
    st.builds(_unschedule, accounts, names),
    st.builds(_tag, accounts, names, tags),
    st.builds(_untag, accounts, names, st.lists(st.sampled_from("abc"), max_size=2)),
    st.builds(_start, accounts, tasks, some_checks),
    st.builds(_cancel, accounts, tasks),
    st.builds(_end_check, accounts, tasks, checks, outcomes),
    judgements,
    judgements,
    judgements,
)


def _what_happens(given: list[Command]) -> list[Event]:
    world = World()
    # Without a configuration and audits at the start, nearly every random command would be refused.
    configuration = ConfigurationChange(ROLE_ARN, {name: CheckConfiguration(enabled=True) for name in CHECKS})
    for account in ACCOUNTS:
        world.obey(_configure(account, configuration))
        world.obey(_start(account, task_id(1), list(CHECKS)))
    for command in given:
        world.obey(command)
    return world.events


histories = st.lists(commands, min_size=10, max_size=50).map(_what_happens)
"""What random commands lead to in two accounts that are configured and have an audit running."""
