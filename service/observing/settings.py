"""What is logged, measured and traced, and where to: the settings of that."""

import re
from dataclasses import dataclass

from service.variables import Variables

_HTTP_URL = re.compile(r"https?://[^\s/?#@]+(/[^\s?#]*)?")


@dataclass(frozen=True)
class Observing:
    """What can be set. By default, people read the log, and only what needs their attention is in it."""

    log_format: str = "text"
    """`text` for people, or `json`: one object a line."""
    log_level: str = "warning"
    """`debug`, `info` (a line for every request), `warning` or `error`."""
    metrics_port: int = 9464
    """Where a process without an API answers `/metrics` and `/health/...`; 0 takes any port that is free.

    9464 is what OpenTelemetry's exporters for Prometheus use.
    """
    otlp_endpoint: str = ""
    """The collector of traces (OTLP over HTTP), such as http://127.0.0.1:4318; empty: no traces."""


DEFAULT_OBSERVING = Observing()


def observing(given: Variables) -> Observing:
    """Read the settings; raise SettingError for the first one that is wrong."""
    default = DEFAULT_OBSERVING
    endpoint = given.text("FLEET_AUDIT_OTLP_ENDPOINT", "")
    if endpoint:
        what = "the URL of a collector such as http://127.0.0.1:4318"
        endpoint = given.matching("FLEET_AUDIT_OTLP_ENDPOINT", "", _HTTP_URL, what)
    return Observing(
        log_format=given.choice("FLEET_AUDIT_LOG_FORMAT", default.log_format, ("text", "json")),
        log_level=given.choice("FLEET_AUDIT_LOG_LEVEL", default.log_level, ("debug", "info", "warning", "error")),
        metrics_port=given.whole_number("FLEET_AUDIT_METRICS_PORT", default.metrics_port, 0, 65_535),
        otlp_endpoint=endpoint.rstrip("/"),
    )
