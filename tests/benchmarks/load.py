"""Asks one thing again and again over kept-alive connections, and tells how fast the answers came.

It runs in a process of its own, on plain sockets, and costs a small part of what it measures; where even that is
too much, each client has several requests under way at once (HTTP pipelining), and pays for sending them once.
"""

import asyncio
import json
import sys
import time
from collections import deque
from dataclasses import asdict, dataclass
from functools import partial
from itertools import cycle, islice
from urllib.parse import urlsplit

Request = tuple[str, str, str]

LENGTH = b"Content-Length: "


@dataclass(frozen=True)
class Load:
    """What to ask, by how many at once, for how long. Each client asks the requests in turn, for ever."""

    url: str
    clients: int
    seconds: float
    requests: list[Request]
    pipelined: int = 1
    """Requests that each client has under way."""
    headers: str = ""
    """What every request bears besides, as it stands on the wire, each line with its end."""


@dataclass(frozen=True)
class Measured:
    """How the answers came."""

    answers_a_second: float
    p50: float
    """Milliseconds."""
    p99: float
    """Milliseconds."""


async def measure(load: Load) -> Measured:
    """Have the load put on by another process; fail unless every answer is a 200."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.benchmarks.load", json.dumps(asdict(load)), stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, "the load generator failed"
    return Measured(**json.loads(said))


class Client(asyncio.Protocol):
    """One connection: sends a request for each answer that comes."""

    def __init__(self, requests: list[bytes], load: Load, until: float) -> None:
        self.took: list[float] = []
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._requests = cycle(requests)
        self._pipelined = load.pipelined
        self._until = until
        self._received = b""
        self._asked: deque[float] = deque()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._ask(self._pipelined)

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        self._received += data
        answers = 0
        while (end := self._end_of_answer()) is not None:
            self._received = self._received[end:]
            self.took.append(now - self._asked.popleft())
            answers += 1
        if now < self._until:
            self._ask(answers)
        elif not self._asked:
            self._end(None)

    def _end_of_answer(self) -> int | None:
        """Where the first answer received ends; None while it is not there to its end."""
        received = self._received
        body = received.find(b"\r\n\r\n") + 4
        if body < 4:
            return None
        if not received.startswith(b"HTTP/1.1 200"):
            self._end(AssertionError(received))
            return None
        length = received.index(LENGTH) + len(LENGTH)
        end = body + int(received[length : received.index(b"\r", length)])
        return end if end <= len(received) else None

    def connection_lost(self, exc: Exception | None) -> None:
        self._end(exc or ConnectionError("The server closed the connection."))

    def _ask(self, count: int) -> None:
        if count:
            self._asked.extend([time.perf_counter()] * count)
            self._transport.write(b"".join(islice(self._requests, count)))

    def _end(self, error: Exception | None) -> None:
        if not self.done.done():
            self._transport.close()
            if error is None:
                self.done.set_result(None)
            else:
                self.done.set_exception(error)


async def put_on(load: Load) -> Measured:
    """Put the load on, in this process."""
    place = urlsplit(load.url)
    requests = [_as_bytes(*each, load.headers) for each in load.requests]
    loop = asyncio.get_running_loop()
    begin = time.perf_counter()
    clients = []
    for number in range(load.clients):
        turn = number % len(requests)
        in_turn = partial(Client, requests[turn:] + requests[:turn], load, begin + load.seconds)
        _, client = await loop.create_connection(in_turn, str(place.hostname), place.port or 80)
        clients.append(client)
    await asyncio.gather(*(client.done for client in clients))
    seconds = time.perf_counter() - begin
    took = sorted(each * 1000 for client in clients for each in client.took)
    return Measured(len(took) / seconds, took[len(took) // 2], took[len(took) * 99 // 100])


def _as_bytes(method: str, path: str, body: str, headers: str) -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n"
    return f"{head}Content-Type: application/json\r\n{headers}\r\n{body}".encode()


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    print(json.dumps(asdict(asyncio.run(put_on(Load(**asked))))))  # noqa: T201
