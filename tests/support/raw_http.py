"""HTTP as bytes on a socket, for what no client would send."""

import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson
from multidict import CIMultiDict, CIMultiDictProxy

PATIENCE = 10.0


@dataclass(frozen=True)
class RawAnswer:
    """An answer, byte by byte."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes
    raw: bytes

    @property
    def error(self) -> str:
        """The name of the error."""
        return self.headers["x-amzn-ErrorType"]

    @property
    def message(self) -> Any:
        """What the error says."""
        return orjson.loads(self.body)["message"]


async def exchange(url: str, *parts: bytes) -> RawAnswer:
    """Send bytes, part by part, and read one answer."""
    place = urlsplit(url)
    async with asyncio.timeout(PATIENCE):
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        try:
            for part in parts:
                writer.write(part)
                await writer.drain()
            return await read_answer(reader)
        finally:
            writer.close()


async def read_answer(reader: asyncio.StreamReader) -> RawAnswer:
    """Read one answer; fail at the end of the connection."""
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").rstrip().split("\r\n")
    headers: CIMultiDict[str] = CIMultiDict()
    for line in lines:
        name, _, value = line.partition(": ")
        headers.add(name, value)
    body = await reader.readexactly(int(headers.get("Content-Length", "0")))
    return RawAnswer(int(first.split(" ")[1]), CIMultiDictProxy(headers), body, head + body)


def request(method: str, path: str, body: bytes = b"", *headers: str) -> bytes:
    """A request as bytes; `headers` are whole lines."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *headers]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body
