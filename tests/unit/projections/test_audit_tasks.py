from dataclasses import replace
from datetime import timedelta

from events.audit_task import CheckOutcome
from events.clock import epoch_milliseconds
from events.vocabulary import AuditTaskStatus, AuditTaskType, CheckErrorCode, CheckRunStatus
from projections.audit_tasks import AuditTaskView, CheckDetail
from projections.paging import Page
from tests.support.events import EXPIRING, LOGGING, non_compliance, task_id
from tests.support.given import ACCOUNT, NOON

UNDER_WAY = CheckDetail(CheckRunStatus.IN_PROGRESS)
BEGUN = AuditTaskView(
    task_id(),
    AuditTaskStatus.IN_PROGRESS,
    AuditTaskType.ON_DEMAND,
    epoch_milliseconds(NOON),
    None,
    {EXPIRING: UNDER_WAY, LOGGING: UNDER_WAY},
)
COMPLIANT = CheckOutcome(CheckRunStatus.COMPLETED_COMPLIANT, 12)
FAILED = CheckOutcome(
    CheckRunStatus.FAILED, error_code=CheckErrorCode.INSUFFICIENT_PERMISSIONS, message="No logging options."
)


def described(projecting, history):
    return projecting.take_again_and_again(history.events).audit_tasks.describe(ACCOUNT, task_id())


def test_a_started_task_is_described_with_every_check_under_way(projecting, history):
    history.task_started()

    assert described(projecting, history) == BEGUN


def test_a_scheduled_task_names_its_scheduled_audit(projecting, history):
    history.task_started(scheduled_audit_name="nightly")

    assert described(projecting, history) == replace(
        BEGUN, task_type=AuditTaskType.SCHEDULED, scheduled_audit_name="nightly"
    )


def test_a_task_that_was_never_started_is_not_there(projecting, history):
    history.task_started(task_id(2))

    assert described(projecting, history) is None


def test_counts_grow_shard_by_shard_and_each_shard_counts_once(projecting, history):
    history.task_started()
    history.shard_completed(shard=0, examined=10, non_compliant=1)
    history.shard_completed(shard=1, examined=5, non_compliant=2)
    history.shard_completed(name=LOGGING, shard=0, examined=1, non_compliant=0)

    details = described(projecting, history).details

    assert details == {
        EXPIRING: replace(UNDER_WAY, examined=15, non_compliant=3, shards_done=2),
        LOGGING: replace(UNDER_WAY, examined=1, shards_done=1),
    }


def test_findings_are_counted_once_while_their_check_is_under_way(projecting, history):
    history.task_started()
    history.findings_recorded([non_compliance(), non_compliance()], batch=0)
    history.findings_recorded(batch=1)
    history.findings_recorded(shard=1)
    assert described(projecting, history).details[EXPIRING] == replace(UNDER_WAY, findings=4)

    history.check_outcome_recorded(outcome=COMPLIANT)
    history.findings_recorded(shard=2)
    assert described(projecting, history).details[EXPIRING].findings == 4


def test_a_planned_check_tells_in_how_many_pieces_it_is_done(projecting, history):
    history.task_started()
    history.check_run_planned(shard_bounds=["a", "b", None])
    history.shard_completed(shard=1)
    history.check_run_planned(name=LOGGING, shard_bounds=[])

    details = described(projecting, history).details

    assert [(detail.shards, detail.shards_done) for detail in details.values()] == [(3, 1), (0, 0)]


def test_the_numbers_of_the_outcome_are_final(projecting, history):
    history.task_started()
    history.shard_completed(shard=0)
    history.check_outcome_recorded(outcome=FAILED)
    history.shard_completed(shard=1)

    detail = described(projecting, history).details[EXPIRING]

    assert detail == CheckDetail(
        CheckRunStatus.FAILED,
        error_code=CheckErrorCode.INSUFFICIENT_PERMISSIONS,
        message="No logging options.",
        shards_done=1,
    )


def test_an_outcome_leaves_the_other_checks_as_they_are(projecting, history):
    history.task_started()
    history.shard_completed(name=LOGGING, examined=1, non_compliant=1)
    history.check_outcome_recorded(outcome=CheckOutcome(CheckRunStatus.COMPLETED_NON_COMPLIANT, 100, 7, 2))

    assert described(projecting, history).details == {
        EXPIRING: CheckDetail(CheckRunStatus.COMPLETED_NON_COMPLIANT, 100, 7, 2),
        LOGGING: replace(UNDER_WAY, examined=1, non_compliant=1, shards_done=1),
    }


def test_no_shard_of_a_check_that_has_ended_is_remembered(projecting, history, database):
    history.task_started()
    history.shard_completed(name=EXPIRING)
    history.shard_completed(name=LOGGING)
    history.check_outcome_recorded(name=EXPIRING)

    projecting.take(history.events)

    assert database.query("SELECT check_name FROM audit_task_shards") == [(LOGGING,)]


def test_a_completed_and_a_failed_task_say_so(projecting, history):
    for number in (1, 2):
        history.task_started(task_id(number), [EXPIRING])
    history.check_outcome_recorded(task_id(1), outcome=COMPLIANT)
    history.task_completed(task_id(1))
    history.check_outcome_recorded(task_id(2), outcome=FAILED)
    history.task_failed(task_id(2))

    tasks = projecting.take_again_and_again(history.events).audit_tasks

    assert tasks.describe(ACCOUNT, task_id(1)).status is AuditTaskStatus.COMPLETED
    assert tasks.describe(ACCOUNT, task_id(2)).status is AuditTaskStatus.FAILED


def test_a_canceled_task_cancels_its_open_checks_which_keep_their_counts(projecting, history, database):
    history.task_started()
    history.check_outcome_recorded(name=LOGGING, outcome=COMPLIANT)
    history.shard_completed(name=EXPIRING, examined=10, non_compliant=1)
    history.task_canceled(canceled_checks=[EXPIRING])
    history.shard_completed(name=EXPIRING, shard=1)

    task = described(projecting, history)

    assert task.status is AuditTaskStatus.CANCELED
    assert task.details == {
        EXPIRING: CheckDetail(CheckRunStatus.CANCELED, 10, 1, shards_done=1),
        LOGGING: CheckDetail(CheckRunStatus.COMPLETED_COMPLIANT, 12),
    }
    assert database.query("SELECT * FROM audit_task_shards") == []


def test_what_happens_to_a_task_that_is_not_there_is_no_error(projecting, history):
    history.shard_completed()
    history.check_outcome_recorded()
    history.task_completed()
    history.task_canceled()

    assert described(projecting, history) is None


def listed(models, start=0, end=10**15, task_type=None, status=None):
    found = models.audit_tasks.list(ACCOUNT, start, end, task_type, status, Page(250))
    return [int(task.task_id, 16) for task in found.rows]


def test_tasks_are_listed_newest_first_and_those_of_one_moment_by_their_id(projecting, history):
    for number, second in ((1, 0), (2, 5), (4, 3), (3, 3)):
        history.now = NOON + timedelta(seconds=second)
        history.task_started(task_id(number))

    assert listed(projecting.take(history.events)) == [2, 4, 3, 1]


def test_both_ends_of_the_time_are_included(projecting, history):
    noon = epoch_milliseconds(NOON)
    for number in range(4):
        history.task_started(task_id(number))

    models = projecting.take(history.events)

    assert listed(models, noon + 1000, noon + 2000) == [2, 1]
    assert listed(models, noon + 1001, noon + 1999) == []


def test_tasks_are_filtered_by_type_and_status(projecting, history):
    history.task_started(task_id(1))
    history.task_started(task_id(2), scheduled_audit_name="nightly")
    history.task_started(task_id(3))
    history.task_canceled(task_id(3))
    history.task_started(task_id(4), scheduled_audit_name="nightly")
    history.task_canceled(task_id(4))
    models = projecting.take(history.events)

    assert listed(models, task_type=AuditTaskType.ON_DEMAND) == [3, 1]
    assert listed(models, status=AuditTaskStatus.CANCELED) == [4, 3]
    assert listed(models, task_type=AuditTaskType.SCHEDULED, status=AuditTaskStatus.IN_PROGRESS) == [2]
    assert listed(models, task_type=AuditTaskType.SCHEDULED, status=AuditTaskStatus.FAILED) == []
