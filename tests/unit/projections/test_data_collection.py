"""A check that collects waits, as DescribeAuditTask tells, until it has what it needs."""

import pytest

from events.check_run import CheckAccountRead, CheckDataCollected, CheckDataCollectionStarted
from events.identifiers import check_run_id
from events.vocabulary import CheckRunStatus
from tests.support.events import EXPIRING, LOGGING, task_id
from tests.support.given import ACCOUNT

RUN = check_run_id(ACCOUNT, task_id(), EXPIRING)
WAITING = CheckRunStatus.WAITING_FOR_DATA_COLLECTION


@pytest.fixture
def waiting(history):
    history.task_started()
    history.add(CheckDataCollectionStarted, RUN, task_id=task_id(), check_name=EXPIRING)
    return history


def statuses(projecting, history):
    task = projecting.take_again_and_again(history.events).audit_tasks.describe(ACCOUNT, task_id())
    return {name: detail.status for name, detail in task.details.items()}


def test_a_check_waits_while_its_data_is_collected(projecting, waiting):
    assert statuses(projecting, waiting) == {EXPIRING: WAITING, LOGGING: CheckRunStatus.IN_PROGRESS}


def test_a_check_is_in_progress_when_its_data_is_there(projecting, waiting):
    waiting.add(CheckDataCollected, RUN, task_id=task_id(), check_name=EXPIRING, evidence_id="ab")
    assert statuses(projecting, waiting)[EXPIRING] is CheckRunStatus.IN_PROGRESS


def test_a_check_is_in_progress_when_the_linked_account_was_read_for_it(projecting, waiting):
    waiting.add(CheckAccountRead, RUN, task_id=task_id(), check_name=EXPIRING, resources={}, notices=[])
    assert statuses(projecting, waiting)[EXPIRING] is CheckRunStatus.IN_PROGRESS


def test_a_check_that_is_canceled_waits_no_more_whatever_is_told_of_it_later(projecting, waiting):
    waiting.task_canceled()
    waiting.add(CheckDataCollected, RUN, task_id=task_id(), check_name=EXPIRING, evidence_id="ab")
    assert statuses(projecting, waiting)[EXPIRING] is CheckRunStatus.CANCELED
