"""A request's body for a thread that reads at its own pace, however long and however compressed the body is."""

import asyncio
from collections.abc import Iterator
from hashlib import sha256
from typing import Protocol

from aiohttp import web

from service.wire.reading import BODY_TIMEOUT
from service.wire.unpacking import PLAIN, encoding_of, unpacked

CHUNK = 256 * 1024
"""Bytes that are handed over at a time, at most."""


LEAST_RATE = 4 * 1024
"""Bytes a second that a body must come at on the whole, packed as it is. A telephone line once had more."""


class Content(Protocol):
    """What has come of a body, as it was sent."""

    async def read(self, n: int = -1, /) -> bytes:
        """Return some of it, at most `n` bytes; none at its end."""
        ...


class WholeContent:
    """A body that is here already."""

    def __init__(self, body: bytes) -> None:
        self._rest = body

    async def read(self, n: int = -1, /) -> bytes:
        """Return some of it."""
        size = len(self._rest) if n < 0 else n
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece


class HashedContent:
    """A body that must be what its sender has signed. That is known at its end, and not before."""

    def __init__(self, content: Content, expected_sha256: str, refusal: Exception) -> None:
        """`refusal` is raised instead of the end of a body of another digest."""
        self._content = content
        self._expected = expected_sha256
        self._refusal = refusal
        self._digest = sha256()

    async def read(self, n: int = -1, /) -> bytes:
        """Return some of it."""
        piece = await self._content.read(n)
        self._digest.update(piece)
        if not piece and self._digest.hexdigest() != self._expected:
            raise self._refusal
        return piece


CONTENT = web.RequestKey[Content]("content", Content)
"""The body, if it was read before the handler, or is to be looked at on its way there."""


class StreamedBody:
    """Hands a body over chunk by chunk.

    The thread asks the event loop for each chunk when it has dealt with the one before. Meanwhile aiohttp takes
    in no more than its buffer holds, and then makes the sender wait.
    """

    def __init__(
        self,
        content: Content,
        loop: asyncio.AbstractEventLoop,
        encoding: str = PLAIN,
        longest_silence: float = BODY_TIMEOUT,
        least_rate: float = LEAST_RATE,
    ) -> None:
        self._content = content
        self._loop = loop
        self._encoding = encoding
        self._longest_silence = longest_silence
        self._least_rate = least_rate
        self._received = 0
        self._waited = 0.0
        self.is_abandoned = False
        """Set when nobody waits for the outcome any more. What has not been read by then will not be."""

    def chunks(self) -> Iterator[bytes]:
        """Yield the body, unpacked, in the thread; raise HTTPBadRequest if it breaks off.

        Raise HTTPRequestTimeout in silence, and where the sender is slower on the whole than he may be; the time
        that the thread takes is not his. Raise InvalidRequest where it is not encoded as its sender says.
        """
        for chunk in unpacked(self._sent(), self._encoding):
            if self.is_abandoned:
                raise web.HTTPBadRequest
            yield chunk

    def _sent(self) -> Iterator[bytes]:
        while chunk := asyncio.run_coroutine_threadsafe(self._read(), self._loop).result():
            yield chunk

    async def _read(self) -> bytes:
        if self.is_abandoned:
            raise web.HTTPBadRequest
        began = self._loop.time()
        try:
            async with asyncio.timeout(self._patience()):
                piece = await self._content.read(CHUNK)
        except TimeoutError:
            raise web.HTTPRequestTimeout from None
        except (ConnectionError, RuntimeError):
            raise web.HTTPBadRequest from None  # the sender has gone, which aiohttp tells in both ways
        self._waited += self._loop.time() - began
        self._received += len(piece)
        return piece

    def _patience(self) -> float:
        """Seconds that the next piece may take; whoever was faster before may be slower now."""
        ahead = self._received / self._least_rate - self._waited
        return min(self._longest_silence, self._longest_silence + ahead)


def streamed_body(request: web.Request) -> StreamedBody:
    """The body of a request that is at hand in this event loop, to be read once."""
    content: Content = request.get(CONTENT, request.content)
    return StreamedBody(content, asyncio.get_running_loop(), encoding_of(request))
