"""GET /metrics: what the process has counted and timed, for Prometheus.

In OpenMetrics to who asks for it, as Prometheus does, else in Prometheus's older text format.
"""

from aiohttp import hdrs, web
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.openmetrics import exposition as openmetrics

from service.observing.metrics import Metrics
from service.observing.watched import WATCHING

OPEN_METRICS = "application/openmetrics-text"


async def metrics(request: web.Request) -> web.Response:
    """Answer with every metric of this process."""
    is_open_metrics = OPEN_METRICS in request.headers.get(hdrs.ACCEPT, "")
    body = await request.app[WATCHING].scraped(_open_metrics if is_open_metrics else _text)
    content_type = openmetrics.CONTENT_TYPE_LATEST if is_open_metrics else CONTENT_TYPE_PLAIN_0_0_4
    return web.Response(body=body, headers={hdrs.CONTENT_TYPE: content_type})


def _text(measured: Metrics) -> bytes:
    return generate_latest(measured.registry)


def _open_metrics(measured: Metrics) -> bytes:
    text: bytes = openmetrics.generate_latest(measured.registry)  # type: ignore[no-untyped-call]
    return text
