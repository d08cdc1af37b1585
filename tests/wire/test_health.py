import asyncio
import threading

import orjson

from service.listening import listening
from tests.support.front_end import services
from tests.support.raw_http import exchange, request


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
