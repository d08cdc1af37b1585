"""The broker's side of MQTT 5, as far as a subscriber sees it: it keeps messages until they are acknowledged.

The packets are written by hand after the specification, so that what is tested is not one library against itself.
"""

import contextlib
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK, DISCONNECT = 1, 2, 3, 4, 8, 9, 14
NUMBERS = {0x11: ("session_expiry", ">I"), 0x21: ("receive_maximum", ">H"), 0x27: ("maximum_packet_size", ">I")}
"""Properties of CONNECT that hold a number. Source: MQTT 5.0, section 3.1.2.11."""


@dataclass(frozen=True)
class Connect:
    """What a client asked for when it connected."""

    version: int
    clean_start: bool
    properties: dict[str, int] = field(default_factory=dict)


class Mqtt5Peer(socketserver.ThreadingTCPServer):
    """Serves one client at a time on a port of its own."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.port: int = self.server_address[1]
        self.connects: list[Connect] = []
        self.kept: dict[int, tuple[str, bytes]] = {}
        """Messages that are sent at the next subscription, by packet identifier, until they are acknowledged."""
        self.connect_code = 0
        self.subscribe_code = 1
        """What is answered. From 0x80 on it is a refusal."""


class _Connection(socketserver.StreamRequestHandler):
    server: Mqtt5Peer

    def handle(self) -> None:
        with contextlib.suppress(OSError, EOFError):
            while True:
                self._answer(*self._packet())

    def _answer(self, kind: int, body: bytes) -> None:
        if kind == CONNECT:
            self.server.connects.append(_connect(body))
            self._send(CONNACK << 4, bytes([0, self.server.connect_code, 0]))
        elif kind == SUBSCRIBE:
            self._send(SUBACK << 4, body[:2] + b"\0" + bytes([self.server.subscribe_code]) * _topics(body))
            for identifier, (topic, payload) in list(self.server.kept.items()):
                self._send(PUBLISH << 4 | 2, _text(topic) + struct.pack(">H", identifier) + b"\0" + payload)
        elif kind == PUBACK:
            del self.server.kept[struct.unpack(">H", body[:2])[0]]
        elif kind == DISCONNECT:
            raise EOFError

    def _packet(self) -> tuple[int, bytes]:
        first = self._read(1)[0]
        length = shift = 0
        while True:
            byte = self._read(1)[0]
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return first >> 4, self._read(length)

    def _read(self, count: int) -> bytes:
        read = self.rfile.read(count)
        if len(read) < count:
            raise EOFError
        return read

    def _send(self, first: int, body: bytes) -> None:
        length, rest = b"", len(body)
        while rest >= 0x80:
            length += bytes([rest & 0x7F | 0x80])
            rest >>= 7
        self.wfile.write(bytes([first]) + length + bytes([rest]) + body)


@contextmanager
def mqtt5_peer() -> Iterator[Mqtt5Peer]:
    """Serve for as long as the block lasts."""
    with Mqtt5Peer() as peer:
        thread = threading.Thread(target=peer.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield peer
        finally:
            peer.shutdown()
            thread.join()


def _connect(body: bytes) -> Connect:
    """Read a CONNECT whose properties are fewer than 128 bytes."""
    version, flags = body[6], body[7]
    rest = body[11 : 11 + body[10]] if version == 5 else b""
    properties: dict[str, int] = {}
    while rest:
        name, form = NUMBERS[rest[0]]
        size = struct.calcsize(form)
        properties[name] = struct.unpack(form, rest[1 : 1 + size])[0]
        rest = rest[1 + size :]
    return Connect(version, bool(flags & 2), properties)


def _topics(body: bytes) -> int:
    """How many topics a SUBSCRIBE without properties names."""
    count, at = 0, 3
    while at < len(body):
        at += 2 + struct.unpack(">H", body[at : at + 2])[0] + 1
        count += 1
    return count


def _text(text: str) -> bytes:
    return struct.pack(">H", len(text.encode())) + text.encode()
