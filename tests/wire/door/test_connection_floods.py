"""However many connections are open, whoever watches over the process has an answer, and it goes on."""

import asyncio
import contextlib
import socket
import time
from contextlib import contextmanager

import pytest

from service.access.connections import SPARE
from service.access.door_settings import Door
from service.listening import listening, listening_in_a_thread
from service.settings import Settings
from tests.support.front_end import services
from tests.support.raw_http import exchange, read_answer, request

FLOOD = 800
LONGEST = 10.0
JSON = "Content-Type: application/json"
HEALTH = request("GET", "/health/live")
CONFIGURATION = request("GET", "/audit/configuration")
HALF = request("POST", "/audit/tasks", b"", JSON, "Content-Length: 100") + b'{"targetCheck'
"""A request whose body does not come to its end."""


@contextmanager
def flood(url, count, first=b""):
    """So many connections that say this, and then nothing."""
    port = int(url.rpartition(":")[2])
    sockets = []
    try:
        for _ in range(count):
            sockets.append(socket.create_connection(("127.0.0.1", port), timeout=LONGEST))
            with contextlib.suppress(ConnectionError):
                sockets[-1].sendall(first)
        yield sockets
    finally:
        for each in sockets:
            each.close()


@pytest.mark.parametrize(
    "first", [b"", b"GET /audit/tasks HTTP/1.1\r\nX-Slow: ", HALF], ids=["silent", "head", "body"]
)
async def test_a_flood_leaves_room_for_health_checks(tmp_path, first):
    with services(tmp_path) as given, listening_in_a_thread(given) as url, flood(url, FLOOD, first):
        began = time.monotonic()
        assert (await exchange(url, HEALTH)).status == 200
        assert (await exchange(url, request("GET", "/metrics"))).status == 200
        assert time.monotonic() - began < LONGEST


async def test_it_leaves_room_for_requests_too_if_it_asks_nothing(tmp_path):
    with services(tmp_path) as given, listening_in_a_thread(given) as url, flood(url, FLOOD):
        assert (await exchange(url, CONFIGURATION)).status == 200


@contextlib.asynccontextmanager
async def connection(url, source="127.0.0.1"):
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", int(url.rpartition(":")[2]), local_addr=(source, 0)
    )
    try:
        yield reader, writer
    finally:
        writer.close()


async def test_where_all_are_at_work_only_who_watches_is_answered(tmp_path):
    door = Door(most_connections=4, most_connections_of_a_peer=4)
    with services(tmp_path, Settings(door=door)) as given:
        async with listening(given) as url, contextlib.AsyncExitStack() as opened:
            for _ in range(4):
                reader, writer = await opened.enter_async_context(connection(url))
                writer.write(HALF)
                await asyncio.sleep(0)
            async with asyncio.timeout(LONGEST):
                answer = await exchange(url, CONFIGURATION)
                while answer.status == 200:  # the service has not seen all of those requests yet
                    answer = await exchange(url, CONFIGURATION)
            assert (answer.status, answer.error) == (503, "ServiceUnavailableException")
            assert answer.headers["Connection"] == "close"
            for _ in range(3 * SPARE):
                assert (await exchange(url, HEALTH)).status == 200
            writer.write(b"x" * (100 - 13))
            assert (await read_answer(reader)).status == 400
            assert (await exchange(url, CONFIGURATION)).status == 200


async def test_one_address_leaves_room_for_others(tmp_path):
    door = Door(most_connections=8, most_connections_of_a_peer=2)
    with services(tmp_path, Settings(door=door)) as given:
        async with listening(given) as url, contextlib.AsyncExitStack() as opened:
            greedy = [await opened.enter_async_context(connection(url, "127.0.0.2")) for _ in range(6)]
            async with asyncio.timeout(LONGEST):
                for reader, _ in greedy[:4]:
                    assert await reader.read() == b""
            for reader, writer in greedy[4:]:
                writer.write(CONFIGURATION)
                assert (await read_answer(reader)).status == 200
            assert (await exchange(url, CONFIGURATION)).status == 200


async def test_who_went_away_takes_no_room(tmp_path):
    door = Door(most_connections=3, most_connections_of_a_peer=3)
    with services(tmp_path, Settings(door=door)) as given:
        async with listening(given) as url, connection(url) as (reader, writer):
            for _ in range(20):
                assert (await exchange(url, CONFIGURATION)).status == 200
            writer.write(CONFIGURATION)
            assert (await read_answer(reader)).status == 200
