"""What is noted of each answer: its time, a line in the log, and a span when traces are wanted."""

import logging

from aiohttp import web

from service.observing.watched import Watched
from service.observing.work import until_now

logger = logging.getLogger("service.access")


class AnswerObserver:
    """Is told of each answer of the process."""

    def __init__(self, watched: Watched) -> None:
        self._metrics = watched.metrics
        self._traces = watched.traces

    def answered(
        self, request: web.Request, operation: str, response: web.StreamResponse, request_id: str, seconds: float
    ) -> None:
        """Note an answer. The path is noted without its query, and no body is."""
        status = response.status
        self._metrics.answered(operation, status, seconds)
        if logger.isEnabledFor(logging.INFO):
            fields = {
                "operation": operation,
                "method": request.method,
                "path": request.path,
                "status": status,
                "seconds": round(seconds, 6),
                "remote": request.remote,
            }
            logger.info("%s %s %d", request.method, request.path, status, extra={"fields": fields})
        if self._traces is not None:
            caller = request.headers.get("traceparent", "")
            times = until_now(seconds)
            self._traces.answered(operation, request.method, status, request_id, times, caller)
