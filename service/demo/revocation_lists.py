"""A server for the demo's revocation lists: what a CA would have on the internet, here on a loopback address."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HOST = "127.0.0.1"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing: the demo's output is its story."""


@contextmanager
def list_server(directory: Path) -> Iterator[str]:
    """Serve the files of a directory for as long as the block lasts; it need not be there yet. Yield the URL."""
    with ThreadingHTTPServer((HOST, 0), partial(_Quiet, directory=str(directory))) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="revocation lists")
        thread.start()
        try:
            yield f"http://{HOST}:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
