"""Sends spans to a collector, by OTLP over HTTP, with OpenTelemetry's own SDK.

It is imported only where traces are wanted: `service/observing/tracing.py`.
"""

import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from uuid import NAMESPACE_URL, UUID, uuid5

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)
from opentelemetry.trace.propagation import get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from events.event import Event

LONGEST_EXPORT = 4.0
"""Seconds that the collector may take, so that the process can stop in time when it is gone."""

LOW_64_BITS = 2**64 - 1

Attributes = Mapping[str, str | int]


class OtlpTraces:
    """Implements `service.observing.traces.Traces`. A thread sends spans in batches; too many are dropped."""

    def __init__(self, endpoint: str) -> None:
        self._ids = _IdsOfRequests()
        self._provider = TracerProvider(
            sampler=ALWAYS_ON,
            resource=Resource.create(
                {
                    "service.name": "fleet-audit",
                    "service.version": version("fleet-audit"),
                    "process.pid": os.getpid(),
                }
            ),
            id_generator=self._ids,
            shutdown_on_exit=False,
        )
        exporter = OTLPSpanExporter(f"{endpoint}/v1/traces", timeout=LONGEST_EXPORT)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("fleet-audit")

    def answered(
        self, operation: str, method: str, status: int, request_id: str, times: tuple[int, int], caller: str
    ) -> None:
        """The root of the request's trace. Who called with a trace of his own is linked, and not believed."""
        attributes: Attributes = {"http.request.method": method, "http.response.status_code": status}
        began, ended = times
        with self._ids.of(request_id):
            span = self._tracer.start_span(
                operation, Context(), SpanKind.SERVER, attributes, _link_to(caller), start_time=began
            )
        if status >= 500:
            span.set_status(Status(StatusCode.ERROR))
        span.end(ended)

    def appended(self, events: Sequence[Event], times: tuple[int, int]) -> None:
        """One span for each request whose events are in the group."""
        counts: dict[str, int] = {}
        for event in events:
            counts[event.request_id] = counts.get(event.request_id, 0) + 1
        for request_id, count in counts.items():
            attributes: Attributes = {"fleet_audit.events": count, "fleet_audit.events_of_group": len(events)}
            self._record("append", request_id, SpanKind.INTERNAL, attributes, times)

    def worked(self, actor: str, outcome: str, task_id: str, follows: Event, times: tuple[int, int]) -> None:
        """A span in the trace of the request that began the audit."""
        attributes: Attributes = {
            "fleet_audit.task_id": task_id,
            "fleet_audit.follows_event": str(follows.event_id),
            "fleet_audit.outcome": outcome,
        }
        self._record(actor, follows.request_id, SpanKind.CONSUMER, attributes, times)

    def close(self) -> None:
        """Send what is left and stop."""
        self._provider.shutdown()

    def _record(
        self,
        name: str,
        request_id: str,
        kind: SpanKind,
        attributes: Attributes,
        times: tuple[int, int],
    ) -> None:
        began, ended = times
        trace_id, span_id = ids_of(request_id)
        request = SpanContext(trace_id, span_id, is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))
        within = set_span_in_context(NonRecordingSpan(request), Context())
        self._tracer.start_span(name, within, kind, attributes, start_time=began).end(ended)


def ids_of(request_id: str) -> tuple[int, int]:
    """The ids of a request's trace and of its root span: the request's own id, and the lower half of that."""
    try:
        number = UUID(request_id).int
    except ValueError:
        number = uuid5(NAMESPACE_URL, request_id).int
    return number, number & LOW_64_BITS


class _IdsOfRequests(RandomIdGenerator):
    """Gives the spans that are begun in a block `with ids.of(request_id)` its ids, and others random ones."""

    def __init__(self) -> None:
        self._here = threading.local()

    @contextmanager
    def of(self, request_id: str) -> Iterator[None]:
        self._here.ids = ids_of(request_id)
        try:
            yield
        finally:
            self._here.ids = None

    def generate_trace_id(self) -> int:
        ids = getattr(self._here, "ids", None)
        return ids[0] if ids else super().generate_trace_id()

    def generate_span_id(self) -> int:
        ids = getattr(self._here, "ids", None)
        return ids[1] if ids else super().generate_span_id()


def _link_to(caller: str) -> Sequence[Link]:
    """A link to the span of who called, if there is a readable `traceparent`."""
    if not caller:
        return ()
    found = get_current_span(TraceContextTextMapPropagator().extract({"traceparent": caller}, Context()))
    context = found.get_span_context()
    return (Link(context),) if context.is_valid else ()
