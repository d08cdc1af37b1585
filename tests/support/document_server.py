"""A real HTTP server on a loopback address that serves documents, well or badly."""

import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[["Exchange"], None]


class Exchange(BaseHTTPRequestHandler):
    """One request, and what an answer may do with it."""

    server: "DocumentServer"

    def do_GET(self) -> None:
        self.server.requests[self.path] += 1
        answer = self.server.answers.get(self.path)
        if answer is None:
            self.send_error(404)
        else:
            answer(self)

    def send(self, body: bytes, status: int = 200, length: int | None = None, **headers: str) -> None:
        """Send a whole answer; names of headers have `_` for `-`."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class DocumentServer(ThreadingHTTPServer):
    """Answers each path as it was told to."""

    daemon_threads = True

    def __init__(self, address: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__((address, port), Exchange)
        self.answers: dict[str, Answer] = {}
        self.connections = 0
        """How many there were, also such as brought no request."""
        self.requests: Counter[str] = Counter()
        self.closing = threading.Event()
        """Set at the end; what an answer that hangs waits for."""

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept a connection."""
        self.connections += 1
        return super().get_request()

    def url(self, path: str, host: str = "") -> str:
        """The URL of a path, at the server's own address unless another host is named."""
        address, port = self.server_address[:2]
        return f"http://{host or address!s}:{port}{path}"

    def serve(self, path: str, body: bytes, **headers: str) -> str:
        """Serve a document well, and return its URL."""
        return self.answer(path, lambda exchange: exchange.send(body, 200, None, **headers))

    def redirect(self, path: str, to: str) -> str:
        """Answer that it is elsewhere, and return the URL of the path."""
        return self.answer(path, lambda exchange: exchange.send(b"", status=302, Location=to))

    def answer(self, path: str, answer: Answer) -> str:
        """Answer in some way, and return the URL."""
        self.answers[path] = answer
        return self.url(path)

    def handle_error(self, *_: object) -> None:
        """A client that goes away in the middle is what some tests are about."""


@contextmanager
def document_server(address: str = "127.0.0.1", port: int = 0) -> Iterator[DocumentServer]:
    """Serve for as long as the block lasts."""
    with DocumentServer(address, port) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.closing.set()
            server.shutdown()
            thread.join()
