"""A log line can say which request, audit and event it is about."""

import logging

import pytest

from events.at_hand import EVENT, REQUEST_ID, ids_at_hand
from events.audit_account_events import AuditRoleChanged
from events.audit_task import AuditTaskStarted
from events.check_shard import CheckShardCompleted
from events.committer import Committer
from events.follower import Follower
from events.store.database import SqliteDatabase
from projections.read_models import ReadModels
from tests.support.accounts import configure
from tests.support.example_events import EXAMPLES, TASK
from tests.support.submitting import PATIENCE


def example(event_class):
    return next(each for each in EXAMPLES if isinstance(each, event_class))


@pytest.fixture(autouse=True)
def nothing_at_hand():
    tokens = REQUEST_ID.set(""), EVENT.set(None)
    yield
    REQUEST_ID.reset(tokens[0])
    EVENT.reset(tokens[1])


def test_outside_of_any_work_nothing_is_at_hand():
    assert ids_at_hand() == {}


def test_a_request_is():
    REQUEST_ID.set("r1")
    assert ids_at_hand() == {"request_id": "r1"}


@pytest.mark.parametrize("event_class", [AuditTaskStarted, CheckShardCompleted])
def test_an_event_names_its_request_and_its_audit(event_class):
    event = example(event_class)
    EVENT.set(event)
    assert ids_at_hand() == {
        "event_id": str(event.event_id),
        "request_id": event.request_id,
        "task_id": TASK,
    }


def test_an_event_of_the_account_has_no_audit():
    EVENT.set(example(AuditRoleChanged))
    assert "task_id" not in ids_at_hand()


def test_a_follower_that_stops_says_at_which_event(committer: Committer, log, tmp_path):
    committer.start()
    committer.submit(configure()).result(PATIENCE)
    database = SqliteDatabase(tmp_path / "read-models.sqlite")
    read_models = ReadModels(database)
    with database.transaction() as rows:
        rows.execute("DROP TABLE account_configuration")
    told: list[dict[str, str]] = []

    class Telling(logging.Handler):
        def emit(self, _):
            told.append(ids_at_hand())

    handler = Telling()
    logger = logging.getLogger("events.follower")
    logger.addHandler(handler)

    follower = Follower(log, read_models)
    follower.start()
    assert not follower.wait_until(1, PATIENCE)
    follower.stop()
    logger.removeHandler(handler)
    database.close()

    [first, *_] = [each.event for each in log.after(0)]
    assert told == [{"event_id": str(first.event_id), "request_id": first.request_id}]
