import asyncio
import threading
from contextlib import closing

import orjson
import pytest

from events.codec import EventMapper
from events.log import EventLog
from events.store.database import SqliteDatabase
from events.store.sqlite import SqliteRecorder
from events.topics import TOPICS, UPCASTERS
from service.listening import listening
from service.observing.health import of_log
from tests.support.front_end import services
from tests.support.raw_http import exchange, request
from tests.support.small_disk import fill, make_room


async def health(url, path):
    answer = await exchange(url, request("GET", f"/health/{path}"))
    assert answer.headers["x-amzn-RequestId"]
    return answer.status, orjson.loads(answer.body)


async def test_a_process_that_can_do_its_work_is_live_and_ready(tmp_path):
    with services(tmp_path) as given:
        async with listening(given) as url:
            assert await health(url, "live") == (200, {"status": "live"})
            assert await health(url, "ready") == (200, {"status": "ready"})


async def test_one_that_can_not_says_why_and_is_live_all_the_same(tmp_path):
    reasons = ["The log can't be read."]
    with services(tmp_path, health=lambda: reasons) as given:
        async with listening(given) as url:
            assert await health(url, "live") == (200, {"status": "live"})
            assert await health(url, "ready") == (503, {"status": "not ready", "reasons": reasons})


def logged_of_health(caplog):
    return [each.getMessage() for each in caplog.records if each.name == "service.observing.health"]


def let_nobody_write(database):
    with database.transaction() as transaction:
        transaction.execute("PRAGMA query_only = ON")


@pytest.mark.parametrize(
    ("spoil", "said"), [(fill, "full"), (let_nobody_write, "readonly")], ids=["full disk", "read-only file"]
)
async def test_one_whose_log_can_not_be_written_says_so_and_logs_why_once(tmp_path, spoil, said, caplog):
    database = SqliteDatabase(tmp_path / "spoiled.sqlite")
    log = EventLog(EventMapper(TOPICS, UPCASTERS), SqliteRecorder(database))
    with closing(log), services(tmp_path, health=of_log(log)) as given:
        async with listening(given) as url:
            assert (await health(url, "ready"))[0] == 200
            spoil(database)
            status, answer = await health(url, "ready")
            assert (status, answer["status"]) == (503, "not ready")
            assert answer["reasons"] == ["The log can't be appended to."]
            assert (await health(url, "ready"))[0] == 503
            assert (await health(url, "live"))[0] == 200
    [logged] = logged_of_health(caplog)
    assert logged.startswith("The log can't be appended to: ")
    assert said in logged


async def test_with_room_on_its_disk_again_it_is_ready(tmp_path, caplog):
    database = SqliteDatabase(tmp_path / "spoiled.sqlite")
    log = EventLog(EventMapper(TOPICS, UPCASTERS), SqliteRecorder(database))
    with closing(log), services(tmp_path, health=of_log(log)) as given:
        async with listening(given) as url:
            fill(database)
            assert (await health(url, "ready"))[0] == 503
            make_room(database)
            assert (await health(url, "ready"))[0] == 200
            assert (await health(url, "ready"))[0] == 200
            assert logged_of_health(caplog)[1:] == ["The log can be appended to again."]
            fill(database)
            assert (await health(url, "ready"))[0] == 503
    assert len(logged_of_health(caplog)) == 3


async def test_what_keeps_it_from_nothing_is_seen_beside_that(tmp_path):
    note: dict[str, object] = {"presenceFeed": {"state": "connecting"}}
    reasons: list[str] = []
    with services(tmp_path, health=lambda: reasons, notes=lambda: note) as given:
        async with listening(given) as url:
            assert await health(url, "ready") == (200, {"status": "ready", **note})
            reasons.append("The log can't be read.")
            assert await health(url, "ready") == (503, {"status": "not ready", "reasons": reasons, **note})


async def test_being_asked_how_it_is_keeps_nobody_waiting(tmp_path):
    answered = threading.Event()

    def slow():
        assert answered.wait(10)
        return []

    with services(tmp_path, health=slow) as given:
        async with listening(given) as url:
            asked = asyncio.create_task(health(url, "ready"))
            assert (await health(url, "live"))[0] == 200
            answered.set()
            assert (await asked)[0] == 200
