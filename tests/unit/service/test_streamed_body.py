import asyncio
import gzip
import threading

import pytest
from aiohttp import web

from service.wire.streamed_body import StreamedBody
from service.wire.unpacking import PIECE


class Content:
    """Gives what it is told to: bytes, or an exception. After that it is silent."""

    def __init__(self, *given):
        self._given = list(given)

    async def read(self, _=-1, /):
        if not self._given:
            await asyncio.Event().wait()
        given = self._given.pop(0)
        if isinstance(given, Exception):
            raise given
        return given


async def read(*given, longest_silence=10.0):
    body = StreamedBody(Content(*given), asyncio.get_running_loop(), longest_silence=longest_silence)
    return await asyncio.to_thread(lambda: list(body.chunks()))


async def test_a_body_is_read_to_its_end():
    assert await read(b"one", b"two", b"") == [b"one", b"two"]


@pytest.mark.parametrize("error", [ConnectionResetError(), RuntimeError("Connection closed.")])
async def test_a_sender_that_has_gone_is_a_bad_request(error):
    with pytest.raises(web.HTTPBadRequest):
        await read(b"one", error)


async def test_a_sender_that_says_nothing_is_not_waited_for():
    with pytest.raises(web.HTTPRequestTimeout):
        await read(b"one", longest_silence=0.01)


class Dripping:
    """Gives a byte at a time, for ever, and each after a moment."""

    def __init__(self, pause):
        self._pause = pause
        self.given = 0

    async def read(self, _=-1, /):
        await asyncio.sleep(self._pause)
        self.given += 1
        return b"x"


async def test_a_sender_that_says_little_is_not_waited_for_though_he_is_never_silent_for_long():
    dripping = Dripping(0.001)
    body = StreamedBody(dripping, asyncio.get_running_loop(), longest_silence=0.1, least_rate=1_000_000)
    with pytest.raises(web.HTTPRequestTimeout):
        await asyncio.to_thread(lambda: list(body.chunks()))
    assert 1 < dripping.given <= 100


async def test_a_sender_that_is_fast_enough_is_read_for_as_long_as_he_likes():
    dripping = Dripping(0.001)
    body = StreamedBody(dripping, asyncio.get_running_loop(), longest_silence=0.2, least_rate=1)
    chunks = body.chunks()
    await asyncio.to_thread(lambda: [next(chunks) for _ in range(300)])
    body.is_abandoned = True


async def test_the_time_that_the_reader_takes_is_not_the_senders():
    given = [b"x" * 10] * 40
    body = StreamedBody(
        Content(*given, b""), asyncio.get_running_loop(), longest_silence=0.1, least_rate=1_000_000
    )

    def read_slowly():
        pause = threading.Event()
        return [pause.wait(0.01) or chunk for chunk in body.chunks()]

    assert await asyncio.to_thread(read_slowly) == given


async def test_what_nobody_waits_for_is_not_read_any_further():
    body = StreamedBody(Content(b"one", b"two", b""), asyncio.get_running_loop())
    chunks = body.chunks()
    assert await asyncio.to_thread(next, chunks) == b"one"
    body.is_abandoned = True
    with pytest.raises(web.HTTPBadRequest):
        await asyncio.to_thread(next, chunks)


async def test_nor_unpacked_any_further():
    packed = gzip.compress(bytes(3 * PIECE))
    body = StreamedBody(Content(packed, b""), asyncio.get_running_loop(), "gzip")
    chunks = body.chunks()
    assert await asyncio.to_thread(next, chunks) == bytes(PIECE)
    body.is_abandoned = True
    with pytest.raises(web.HTTPBadRequest):
        await asyncio.to_thread(next, chunks)
