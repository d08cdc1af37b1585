"""A collector of OpenTelemetry traces on a real socket."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span


class SpanCollector:
    """Keeps every span that it was sent."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.spans: list[Span] = []

    def of_trace(self, trace_id: str) -> list[Span]:
        """The spans of a trace, by the hexadecimal digits of its id."""
        return [span for span in self.spans if span.trace_id.hex() == trace_id]


@contextmanager
def span_collector() -> Iterator[SpanCollector]:
    """Collect during the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/traces"
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked = ExportTraceServiceRequest.FromString(body)
            for of_resource in asked.resource_spans:
                for of_scope in of_resource.scope_spans:
                    collector.spans += of_scope.spans
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as in the class below
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    collector = SpanCollector(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield collector
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
