"""An event that can't be taken stops its followers: the process says so, and how far behind they are grows."""

import json
import time
import urllib.error
import urllib.request
from uuid import uuid4

import pytest

from events.clock import SystemClock, epoch_milliseconds
from events.codec import StoredEvent
from events.store.database import SqliteDatabase
from events.store.sqlite import SqliteRecorder
from service.data_directory import DataDirectory
from service.embedded import embedded
from service.listening import listening_in_a_thread
from service.settings import Settings
from tests.support.scraping import scrape

LONGEST_WAIT = 20.0
AGE = 3_600
"""Seconds since the poison was recorded, as if nobody had looked for an hour."""


@pytest.fixture
def url(tmp_path):
    settings = Settings(port=0, data_directory=tmp_path)
    with embedded(settings, SystemClock()) as services, listening_in_a_thread(services) as url:
        yield url


def poison(tmp_path):
    """Append what no version of the product has ever written."""
    database = SqliteDatabase(DataDirectory(tmp_path).events)
    recorded_at = epoch_milliseconds(SystemClock().now()) - AGE * 1000
    event = StoredEvent(uuid4(), 1, "Nobody.KnowsThis.v1", b"{}", "000000000000", recorded_at, uuid4())
    SqliteRecorder(database).insert_events([event])
    database.close()


def health(url, path):
    try:
        with urllib.request.urlopen(f"{url}/health/{path}", timeout=LONGEST_WAIT) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def wait_until(condition):
    deadline = time.monotonic() + LONGEST_WAIT
    while not condition():
        assert time.monotonic() < deadline


def test_it_shows(url, tmp_path):
    wait_until(lambda: health(url, "ready")[0] == 200)
    before = scrape(url)
    followers = {sample.labels["follower"] for sample in before.of("fleet_audit_follower_lag_seconds")}
    assert {"read-models", "dispatcher"} <= followers
    followers.remove("log chain")  # it takes bytes, whatever they say
    assert before.value("fleet_audit_follower_lag_events") == 0
    assert before.value("fleet_audit_follower_lag_seconds") == 0

    poison(tmp_path)
    wait_until(lambda: len(health(url, "ready")[1].get("reasons", [])) >= len(followers))

    status, answer = health(url, "ready")
    assert status == 503
    assert "The read models stopped following the log." in answer["reasons"]
    assert "The work tables stopped following the log." in answer["reasons"]
    assert health(url, "live") == (200, {"status": "live"})
    after = scrape(url)
    for follower in followers:
        assert after.value("fleet_audit_follower_lag_events", follower=follower) == 1
        assert AGE <= after.value("fleet_audit_follower_lag_seconds", follower=follower) < AGE + 60
