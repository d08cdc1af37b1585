"""Who observes the committer is told of every command and every append, whatever became of it."""

from concurrent.futures import Future

import pytest

from events.application import Application
from events.committer import Committer
from events.errors import InvalidRequest, StoreUnavailable, StreamConflict
from events.observer import outcome_of
from events.vocabulary import CheckName
from tests.support.accounts import configure, decide_too_much
from tests.support.given import CAUSE
from tests.support.made_up_audits import DAILY, PATIENCE, TASK, configuration
from tests.support.made_up_catalogue import CATALOGUE, ROTTING


class Noting:
    def __init__(self):
        self.commands = []
        self.batches = []
        self.errors = []

    def commanded(self, command, outcome):
        self.commands.append((command, outcome))

    def appended(self, events, seconds):
        assert 0 <= seconds < PATIENCE
        self.batches.append([event.TOPIC for event in events])

    def not_appended(self, error):
        self.errors.append(type(error))


@pytest.fixture
def noting():
    return Noting()


@pytest.fixture
def committer(log, noting):
    made = Committer(log, noting)
    made.start()
    yield made
    made.stop()


def test_a_command_has_the_name_of_its_method(committer, noting):
    application = Application(committer, CATALOGUE, "us-east-1")
    application.update_account_audit_configuration(configuration(ROTTING), CAUSE).result(PATIENCE)
    application.create_scheduled_audit(DAILY, CAUSE).result(PATIENCE)
    application.delete_scheduled_audit("daily", CAUSE).result(PATIENCE)
    with pytest.raises(InvalidRequest):
        application.start_on_demand_audit_task(TASK, [CheckName("NO_SUCH_CHECK")], CAUSE).result(PATIENCE)
    committer.stop()

    assert noting.commands == [
        ("update_account_audit_configuration", "accepted"),
        ("create_scheduled_audit", "accepted"),
        ("delete_scheduled_audit", "accepted"),
        ("start_on_demand_audit_task", "refused"),
    ]
    assert [len(batch) for batch in noting.batches] == [2, 1, 1]


def test_a_command_that_the_log_does_not_take_has_failed(committer, log, noting):
    committer.submit(configure()).result(PATIENCE)
    log.close()
    with pytest.raises(StoreUnavailable):
        committer.submit(configure("second")).result(PATIENCE)
    committer.stop()

    assert noting.commands == [("configure", "accepted"), ("configure", "failed")]


def test_it_is_told_why_a_group_was_not_appended(committer, noting):
    submitted = committer.submit(decide_too_much)
    assert submitted.exception(PATIENCE)
    committer.stop()

    assert noting.batches == []
    assert noting.errors == [type(submitted.exception())] * 2  # in its group, and alone


def test_a_command_may_be_abandoned_or_lose_to_another_process():
    abandoned: Future[None] = Future()
    abandoned.cancel()
    lost: Future[None] = Future()
    lost.set_exception(StreamConflict())

    assert outcome_of(abandoned) == "abandoned"
    assert outcome_of(lost) == "failed"
