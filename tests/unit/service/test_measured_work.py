"""What audits come to is measured from events, once; what waits is counted in the dispatcher's table."""

from pathlib import Path

import pytest
from dramatiq.middleware import TimeLimitExceeded
from prometheus_client import generate_latest

from events.codec import EventMapper
from events.errors import StoreUnavailable
from events.log import EventLog
from events.store.database import SqliteDatabase
from events.store.sqlite import SqliteRecorder
from events.topics import TOPICS, UPCASTERS
from events.vocabulary import CheckName
from service.observing.audits import MeasuredAudits
from service.observing.health import all_reasons, of_log
from service.observing.metrics import Metrics
from tests.support.audit_story import COMPLETED, AuditStory
from tests.support.dispatching import EXPIRING, LOGGING, Surroundings
from tests.support.events import non_compliance
from tests.support.noting_following import NotingFollowing
from tests.support.scraping import read_scrape
from tests.support.small_disk import fill, make_room
from workers.observer import outcome_of
from workers.queue_depths import queue_depths


def scraped(metrics):
    return read_scrape("text/plain", generate_latest(metrics.registry).decode())


@pytest.fixture
def story():
    """The events of an audit of one check that found two things."""
    told = AuditStory()
    return [
        *told.started(EXPIRING),
        *told.planned(EXPIRING, 1),
        *told.found(EXPIRING, 0, non_compliance(), non_compliance()),
        *told.shard_completed(EXPIRING, 0),
        *told.check_ended(EXPIRING, COMPLETED),
    ]


def test_findings_and_checks_are_counted_once_though_events_come_again(story):
    metrics = Metrics()
    measured = MeasuredAudits(NotingFollowing(), metrics, since=0)
    for batch in (story[:2], story[2:], story[2:]):
        measured.take(batch, batch[-1].position)

    found = scraped(metrics)

    assert found.value("fleet_audit_findings_total", check=EXPIRING, severity="LOW") == 2
    assert found.value("fleet_audit_check_seconds_count", check=EXPIRING, status="COMPLETED_COMPLIANT") == 1


def test_history_that_is_taken_once_more_does_not_count(story):
    metrics = Metrics()
    following = NotingFollowing()
    MeasuredAudits(following, metrics, since=story[-1].position).take(story, story[-1].position)

    assert following.taken == story
    assert scraped(metrics).value("fleet_audit_findings_total") == 0


def test_work_is_counted_by_queue_and_by_whether_it_was_sent(tmp_path):
    around = Surroundings(tmp_path / "work.sqlite")
    depths = queue_depths(around.database, {CheckName(LOGGING)})
    assert set(depths().values()) == {0}

    events = around.story.started(EXPIRING, LOGGING)
    around.dispatcher.take(events, events[-1].position)
    assert (depths()["planning", "wanted"], depths()["collecting", "wanted"]) == (1, 1)
    around.dispatcher.idle()
    assert (depths()["planning", "sent"], depths()["collecting", "sent"]) == (1, 1)
    planned = around.story.planned(EXPIRING, 3)
    around.dispatcher.take(planned, planned[-1].position)

    assert (depths()["planning", "sent"], depths()["judging", "wanted"]) == (0, 3)
    around.database.close()


def test_a_log_that_is_full_is_no_place_to_work(tmp_path: Path):
    database = SqliteDatabase(tmp_path / "events.sqlite")
    log = EventLog(EventMapper(TOPICS, UPCASTERS), SqliteRecorder(database))
    reasons = all_reasons(list, of_log(log))
    assert reasons() == []

    fill(database)
    assert reasons() == ["The log can't be appended to."]
    make_room(database)
    assert reasons() == []
    log.close()


@pytest.mark.parametrize(
    ("exception", "outcome"),
    [
        (None, "done"),
        (StoreUnavailable("away"), "put_off"),
        (TimeLimitExceeded(), "timed_out"),
        (ValueError("no"), "failed"),
    ],
)
def test_an_actors_work_ends_in_one_of_four_ways(exception, outcome):
    assert outcome_of(exception) == outcome
