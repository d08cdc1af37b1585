"""Rules and limits hold strictly, however many threads and processes decide at once."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from events.audit_account import MAX_ON_DEMAND_AUDITS, MAX_SCHEDULED_AUDITS, AuditAccount
from events.audit_account_events import AuditRoleChanged, OnDemandAuditAdmitted, ScheduledAuditCreated
from events.committer import Committer, Unit
from events.errors import LimitExceeded, StreamConflict
from events.store.sqlite import open_sqlite_log
from tests.support.accounts import (
    ACCOUNT_STREAM,
    account_of,
    admit_on_demand_audit,
    change_role,
    configure,
    create_scheduled_audit,
    roles_in,
)
from tests.support.given import CAUSE
from tests.support.submitting import PATIENCE, submit_as_one_group, submit_from_threads


class TestLimits:
    """However many ask at once, and in however many processes."""

    @pytest.fixture(params=[1, 2], ids=["one committer", "two committers on one file"])
    def committers(self, path: Path, request: pytest.FixtureRequest) -> Iterator[list[Committer]]:
        logs = [open_sqlite_log(path) for _ in range(request.param)]
        started = [Committer(log) for log in logs]
        for committer in started:
            committer.start()
        started[0].submit(configure()).result(PATIENCE)
        yield started
        for committer in started:
            committer.stop()
        for log in logs:
            log.close()

    def test_there_is_never_an_11th_on_demand_audit(self, committers, log):
        outcomes = submit_from_threads(committers, [admit_on_demand_audit(number) for number in range(50)])

        refusals = [type(outcome.exception()) for outcome in outcomes]
        admitted = [event for event in log.stream(ACCOUNT_STREAM) if isinstance(event, OnDemandAuditAdmitted)]
        assert Counter(refusals) == {type(None): MAX_ON_DEMAND_AUDITS, LimitExceeded: 40}
        assert len(admitted) == MAX_ON_DEMAND_AUDITS

    def test_there_is_never_a_6th_scheduled_audit(self, committers, log):
        outcomes = submit_from_threads(committers, [create_scheduled_audit(f"audit-{n}") for n in range(50)])

        refusals = [type(outcome.exception()) for outcome in outcomes]
        created = [event for event in log.stream(ACCOUNT_STREAM) if isinstance(event, ScheduledAuditCreated)]
        assert Counter(refusals) == {type(None): MAX_SCHEDULED_AUDITS, LimitExceeded: 45}
        assert len(created) == MAX_SCHEDULED_AUDITS

    def test_every_change_that_is_allowed_gets_in_exactly_once(self, committers, log):
        outcomes = submit_from_threads(committers, [change_role(f"role {number}") for number in range(50)])

        assert [outcome.exception() for outcome in outcomes] == [None] * 50
        assert sorted(roles_in(log)[1:]) == sorted(f"role {number}" for number in range(50))


class TestAnotherProcess:
    @pytest.fixture
    def other(self, path: Path, committer: Committer) -> Iterator[Committer]:
        committer.start()
        log = open_sqlite_log(path)
        made = Committer(log)
        made.start()
        yield made
        made.stop()
        log.close()

    def test_what_it_wrote_is_known_to_the_next_decision(self, committer, other):
        committer.submit(configure("first")).result(PATIENCE)
        other.submit(change_role("theirs")).result(PATIENCE)

        assert committer.submit(lambda unit: account_of(unit).role_arn).result(PATIENCE).value == "theirs"

    def test_a_command_decides_again_when_it_wrote_first(self, committer, other, log):
        committer.submit(configure("first")).result(PATIENCE)
        seen: list[str | None] = []

        def decide(unit: Unit) -> None:
            account = account_of(unit)
            seen.append(account.role_arn)
            if len(seen) == 1:
                other.submit(change_role("theirs")).result(PATIENCE)
            change_role(f"after {account.role_arn}")(unit)

        committer.submit(decide).result(PATIENCE)

        assert seen == ["first", "theirs"]
        assert roles_in(log)[-1] == "after theirs"

    def test_a_refusal_that_rested_on_a_group_which_did_not_get_in_is_decided_again(self, committer, other):
        committer.submit(configure("first")).result(PATIENCE)
        is_first = [True]

        def change_and_be_overtaken(unit: Unit) -> None:
            change_role("ours")(unit)
            if is_first.pop() if is_first else False:
                other.submit(change_role("theirs")).result(PATIENCE)
                other.submit(create_scheduled_audit("daily")).result(PATIENCE)

        overtaken, asked = submit_as_one_group(
            committer,
            change_and_be_overtaken,
            lambda unit: account_of(unit).require_scheduled_audit("daily").name,
        )

        assert overtaken.exception() is None
        assert asked.result().value == "daily"

    def test_a_command_decides_as_often_as_it_is_overtaken(self, committer, other, log):
        committer.submit(configure("first")).result(PATIENCE)
        overtaken: list[str] = []

        def decide(unit: Unit) -> None:
            change_role("ours")(unit)
            if len(overtaken) < 5:
                overtaken.append("by theirs")
                other.submit(change_role(f"theirs {len(overtaken)}")).result(PATIENCE)

        committer.submit(decide).result(PATIENCE)

        assert roles_in(log) == ["first", *[f"theirs {number}" for number in range(1, 6)], "ours"]

    def test_what_it_wrote_while_we_wrote_elsewhere_is_known_to_the_next_decision(self, committer, other):
        committer.submit(configure("first")).result(PATIENCE)

        def decide(unit: Unit) -> None:
            other.submit(change_role("theirs")).result(PATIENCE)
            unit.get(AuditAccount, uuid4()).trigger(AuditRoleChanged, CAUSE, role_arn="elsewhere")

        committer.submit(decide).result(PATIENCE)

        assert committer.submit(lambda unit: account_of(unit).role_arn).result(PATIENCE).value == "theirs"

    def test_a_command_that_is_overtaken_every_time_gives_up_and_says_why(self, committer, other, log):
        committer.submit(configure("first")).result(PATIENCE)
        times = [0]

        def decide(unit: Unit) -> None:
            times[0] += 1
            change_role("ours")(unit)
            other.submit(change_role(f"theirs {times[0]}")).result(PATIENCE)

        refusal = committer.submit(decide).exception(PATIENCE)

        assert isinstance(refusal, StreamConflict)
        assert roles_in(log)[-1] == f"theirs {times[0]}"
