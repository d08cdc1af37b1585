"""A real HTTP server that takes notifications, well or badly."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

SECRET = "a secret of at least 24 bytes"


class Posted(NamedTuple):
    """What has come."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def message_id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def message(self) -> Any:
        return json.loads(self.body)

    def is_ours(self, key: bytes = SECRET.encode()) -> bool:
        """As docs/notifications.md has it."""
        signed = b".".join((self.message_id.encode(), self.headers["webhook-timestamp"].encode(), self.body))
        signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return self.headers["webhook-signature"] == f"v1,{signature}"


Answer = Callable[["Exchange"], None]


class Exchange(BaseHTTPRequestHandler):
    """One request."""

    server: "WebhookReceiver"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posted.append(Posted({name.lower(): text for name, text in self.headers.items()}, body))
        self.server.answer(self)

    def send(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def well(exchange: Exchange) -> None:
    """Take it."""
    exchange.send(204)


def badly(exchange: Exchange) -> None:
    """Fail."""
    exchange.send(500)


def never(exchange: Exchange) -> None:
    """Hang until the test is over."""
    exchange.server.closing.wait()


class WebhookReceiver(ThreadingHTTPServer):
    """Answers as it was told to."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Exchange)
        self.posted: list[Posted] = []
        self.answer: Answer = well
        self.closing = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/audits"

    def handle_error(self, *_: object) -> None:
        """A client that goes away is what some tests are about."""


@contextmanager
def webhook_receiver() -> Iterator[WebhookReceiver]:
    """Serve for as long as the block lasts."""
    with WebhookReceiver() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.closing.set()
            server.shutdown()
            thread.join()
