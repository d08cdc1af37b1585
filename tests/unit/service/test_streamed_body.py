import asyncio

import pytest
from aiohttp import web

from service.wire.streamed_body import StreamedBody


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
    body = StreamedBody(Content(*given), asyncio.get_running_loop(), longest_silence)
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


async def test_what_nobody_waits_for_is_not_read_any_further():
    body = StreamedBody(Content(b"one", b"two", b""), asyncio.get_running_loop())
    chunks = body.chunks()
    assert await asyncio.to_thread(next, chunks) == b"one"
    body.is_abandoned = True
    with pytest.raises(web.HTTPBadRequest):
        await asyncio.to_thread(next, chunks)
