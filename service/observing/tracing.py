"""Traces if they are wanted, and nothing otherwise: OpenTelemetry is an extra, and takes time to load."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from service.observing.traces import Traces


class TracesError(Exception):
    """Traces are wanted and can't be had. The text says why, for the person who wants them."""


@contextmanager
def traces_to(endpoint: str) -> Iterator[Traces | None]:
    """Send spans to the collector at a URL during the block; without one, yield None.

    Raise TracesError if OpenTelemetry is not installed. If the collector does not answer, spans are lost.
    """
    if not endpoint:
        yield None
        return
    try:
        otlp = import_module("service.observing.otlp")
    except ModuleNotFoundError as error:
        raise TracesError(
            "FLEET_AUDIT_OTLP_ENDPOINT is set, but OpenTelemetry is not installed: pip install fleet-audit[otel]."
        ) from error
    traces = otlp.OtlpTraces(endpoint)
    try:
        yield traces
    finally:
        traces.close()
