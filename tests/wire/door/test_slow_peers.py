"""Whoever takes his time before a request is complete is not waited for; the service goes on meanwhile."""

import asyncio
import contextlib
import time

import pytest

from service.access.door_settings import Door
from service.listening import listening_in_a_thread
from service.settings import Settings
from tests.support.front_end import services
from tests.support.hostile import LONGEST
from tests.support.raw_http import exchange, read_answer, request

IDLE = 1
HEALTH = request("GET", "/health/live")


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    settings = Settings(door=Door(idle_timeout=IDLE))
    with services(tmp_path_factory.mktemp("slow"), settings) as given, listening_in_a_thread(given) as url:
        yield url


@contextlib.asynccontextmanager
async def connection(url):
    reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
    try:
        yield reader, writer
    finally:
        writer.close()


async def is_closed(reader):
    """Wait for the end of a connection, and say how long that took."""
    began = time.monotonic()
    with contextlib.suppress(ConnectionError):
        async with asyncio.timeout(LONGEST):
            while await reader.read(1_000):
                pass
    return time.monotonic() - began


@pytest.mark.parametrize("first", [b"", b"G", b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-Slow: "])
async def test_who_does_not_come_to_the_point_is_cut_off(url, first):
    async with connection(url) as (reader, writer):
        writer.write(first)
        assert await is_closed(reader) < LONGEST
        assert (await exchange(url, HEALTH)).status == 200


async def test_who_sends_a_header_letter_by_letter_is_cut_off(url):
    async with connection(url) as (reader, writer):
        writer.write(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        closing = asyncio.ensure_future(is_closed(reader))
        while not closing.done():
            writer.write(b"x")
            await asyncio.wait([closing], timeout=0.05)
        assert await closing < LONGEST


async def test_who_asked_and_is_silent_is_cut_off(url):
    async with connection(url) as (reader, writer):
        writer.write(HEALTH)
        assert (await read_answer(reader)).status == 200
        assert await is_closed(reader) < LONGEST


async def test_who_asks_again_in_time_is_not(url):
    async with connection(url) as (reader, writer):
        until = time.monotonic() + 2 * IDLE
        while time.monotonic() < until:
            writer.write(HEALTH)
            assert (await read_answer(reader)).status == 200
