"""A check of a linked account is planned when the account was read for it, however many steps that takes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from events.audit_task import AuditTaskCompleted
from events.check_run import (
    CheckAccountRead,
    CheckAccountReadingProgressed,
    CheckDataCollectionStarted,
    CheckRunEnded,
    CheckRunPlanned,
)
from events.vocabulary import CheckErrorCode, CheckName, TaskId
from tests.support.fleet_in_memory import FleetInMemory
from tests.support.given import ACCOUNT
from tests.support.made_up_checks import REGISTRY, THINGS
from tests.support.workshop import Workshop, at_work, open_workshop
from workers.aws_account.outcome import AccountRead, Ask, Outcome, Progress, Reason
from workers.read_account import LONGEST_READING
from workers.run_check import plan_check

NAMES = CheckName("NAMES_CHECK")
OTHER_NAMES = CheckName("OTHER_NAMES_CHECK")
TASK = TaskId("a" * 32)
READ = AccountRead({"THING": Outcome(version=7, resources=250)})
SOME = Progress({"THING": 100})


@dataclass
class MadeUpAccount:
    """Answers one after the other; the last one for ever. Implements AccountReader."""

    answers: list[AccountRead | Progress | None]
    asked: list[Ask] = field(default_factory=list)

    def read(self, ask: Ask, is_wanted: Callable[[], bool]) -> AccountRead | Progress | None:
        self.asked.append(ask)
        if not is_wanted():
            return None
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def workshop(tmp_path) -> Iterator[Workshop]:
    things = FleetInMemory([{"name": f"bad{number:03}"} for number in range(250)])
    with open_workshop(tmp_path, things, REGISTRY) as opened:
        yield opened


def plan(workshop: Workshop, *answers: AccountRead | Progress | None) -> MadeUpAccount:
    account = MadeUpAccount(list(answers))
    plan_check(replace(workshop.worker, linked_account=account), ACCOUNT, TASK, NAMES)
    return account


def test_a_check_asks_for_what_it_and_its_audit_need_since_the_audits_start(workshop):
    workshop.start_audit(NAMES, OTHER_NAMES)
    [ask] = plan(workshop, READ).asked
    assert ask == Ask(
        ACCOUNT, "arn:aws:iam::000000000000:role/r", [THINGS], [THINGS, THINGS], workshop.clock.now()
    )


def test_a_check_is_planned_after_its_account_was_read(workshop):
    workshop.start_audit(NAMES)
    plan(workshop, READ)
    [waiting], [read] = workshop.events(CheckDataCollectionStarted), workshop.events(CheckAccountRead)
    [planned] = workshop.events(CheckRunPlanned)
    assert read.resources == {"THING": 250}
    assert [waiting.originator_version, read.originator_version, planned.originator_version] == [1, 2, 3]


def test_what_was_read_before_the_process_died_is_not_read_again(workshop):
    workshop.start_audit(NAMES)
    plan(workshop, READ)
    assert plan(workshop, READ).asked == []


def test_an_account_of_many_steps_is_read_to_its_end(tmp_path, workshop):
    account = MadeUpAccount([*[SOME] * 12, READ])
    workshop.worker = replace(workshop.worker, linked_account=account)
    workshop.start_audit(NAMES)
    with at_work(workshop, tmp_path):
        assert workshop.wait_until_over(TASK) is AuditTaskCompleted
    assert len(account.asked) == 13
    assert len(workshop.events(CheckAccountReadingProgressed)) == 12
    assert workshop.outcomes(TASK)[NAMES].resources_examined == 250


def test_a_check_fails_with_what_could_not_be_read(workshop):
    workshop.start_audit(NAMES)
    denied = Reason("The permission iot:ListThings is missing.", CheckErrorCode.INSUFFICIENT_PERMISSIONS)
    plan(workshop, AccountRead({"THING": Outcome(failure=denied)}))
    [ended] = workshop.events(CheckRunEnded)
    assert (ended.outcome.message, ended.outcome.error_code) == (denied.message, denied.error_code)


def test_a_column_that_is_withheld_fails_the_checks_that_read_it_only(workshop):
    workshop.start_audit(NAMES)
    reason = Reason("No.")
    plan(workshop, AccountRead({"THING": Outcome(withheld={"colour": reason})}))
    assert len(workshop.events(CheckRunPlanned)) == 1


def test_a_column_that_the_check_reads_and_that_is_withheld_fails_it(workshop):
    workshop.start_audit(NAMES)
    plan(workshop, AccountRead({"THING": Outcome(withheld={"name": Reason("No names.")})}))
    [ended] = workshop.events(CheckRunEnded)
    assert (ended.outcome.message, ended.outcome.error_code) == ("No names.", None)


def test_single_resources_that_could_not_be_read_are_counted_in_the_plan(workshop):
    workshop.start_audit(NAMES)
    plan(workshop, AccountRead({"THING": Outcome(unread={"the name is missing": 3})}))
    [planned] = workshop.events(CheckRunPlanned)
    assert planned.plan.notices == ["Not read (3): things, because the name is missing."]


def test_what_nobody_waits_for_is_not_planned(workshop):
    workshop.start_audit(NAMES)
    plan(workshop, None)
    assert workshop.events(CheckRunPlanned) == workshop.events(CheckRunEnded) == []


def test_an_account_that_takes_too_long_fails_the_check(workshop):
    workshop.start_audit(NAMES)
    workshop.clock.advance(LONGEST_READING + timedelta(seconds=1))
    plan(workshop, SOME)
    [ended] = workshop.events(CheckRunEnded)
    assert "within 48 hours" in (ended.outcome.message or "")
