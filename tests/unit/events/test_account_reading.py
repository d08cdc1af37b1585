"""A check notes each step in which a linked account is read for it, and once that all was read."""

import pytest

from events.check_run import (
    AccountReading,
    CheckAccountRead,
    CheckAccountReadingProgressed,
    CheckDataCollectionStarted,
    CheckPlan,
    CheckRun,
    CheckRunPlanned,
)
from events.vocabulary import CheckName, TaskId
from tests.support.given import CAUSE, Given, fact

TASK = TaskId("a" * 32)
AGE = CheckName("DEVICE_CERTIFICATE_AGE_CHECK")
COLLECTING = fact(CheckDataCollectionStarted, task_id=TASK, check_name=AGE)
SOME = {"DEVICE_CERTIFICATE": 250}
ALL = {"DEVICE_CERTIFICATE": 700}
PROGRESSED = fact(CheckAccountReadingProgressed, task_id=TASK, check_name=AGE, resources=SOME)
READ = fact(CheckAccountRead, task_id=TASK, check_name=AGE, resources=ALL, notices=["Not read (1): one."])
PLANNED = fact(CheckRunPlanned, task_id=TASK, check_name=AGE, plan=CheckPlan(4, [None], 1, []))


def progress(run: CheckRun) -> None:
    run.record_account_reading(TASK, AGE, AccountReading(SOME), CAUSE)


def end(run: CheckRun) -> None:
    run.record_account_reading(TASK, AGE, AccountReading(ALL, ["Not read (1): one."]), CAUSE)


def test_every_step_is_noted():
    Given(CheckRun, COLLECTING, PROGRESSED).when(progress).then(PROGRESSED)


def test_the_end_is_noted_with_what_could_not_be_read():
    Given(CheckRun, COLLECTING, PROGRESSED).when(end).then(READ)


@pytest.mark.parametrize("last", [READ, PLANNED])
@pytest.mark.parametrize("late", [progress, end])
def test_what_comes_later_changes_nothing(last, late):
    Given(CheckRun, COLLECTING, last).when(late).then_nothing()


def test_a_check_can_collect_something_else_afterwards():
    Given(CheckRun, COLLECTING, READ).when(lambda run: run.start_data_collection(TASK, AGE, CAUSE)).then(
        COLLECTING
    )
