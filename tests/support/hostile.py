"""Somebody who sends what he likes, and what becomes of it."""

import asyncio
import contextlib
from dataclasses import dataclass

LONGEST = 10.0


@dataclass(frozen=True)
class Aftermath:
    """What came back until the other end was done, or nothing more came."""

    raw: bytes
    is_closed: bool

    @property
    def answers(self) -> int:
        """How many there are."""
        return self.raw.count(b"\r\nServer: FleetAudit\r\n")

    @property
    def status(self) -> int:
        """Of the first one."""
        return int(self.raw.split(b" ", 2)[1])


def lines(*head: str, body: bytes = b"") -> bytes:
    """A request, line by line."""
    return "\r\n".join([*head, "", ""]).encode("latin-1") + body


async def send(url: str, raw: bytes, answers: int = 1) -> Aftermath:
    """Send bytes on a connection of their own; wait for its end or so many answers. Fail if that takes long."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
    received = b""
    try:
        with contextlib.suppress(ConnectionError):
            async with asyncio.timeout(LONGEST):
                writer.write(raw)
                while piece := await reader.read(65_536):
                    received += piece
                    aftermath = Aftermath(received, is_closed=False)
                    if aftermath.answers >= answers and is_whole(received):
                        return aftermath
        return Aftermath(received, is_closed=True)
    finally:
        writer.close()


def is_whole(received: bytes) -> bool:
    """Whether the last answer is there to its end."""
    head, _, body = received[received.rindex(b"HTTP/") :].partition(b"\r\n\r\n")
    length = head.lower().partition(b"\r\ncontent-length: ")[2].partition(b"\r\n")[0]
    return len(body) >= int(length or 0)
