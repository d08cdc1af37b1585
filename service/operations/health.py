"""GET /health/live and GET /health/ready: for whoever watches over the process."""

import asyncio

from aiohttp import web

from service.observing.watched import WATCHING
from service.wire.answer import json_response

PATIENCE = 5.0
"""Seconds in which the process must know how it is."""


async def live(_: web.Request) -> web.Response:
    """Answer 200 as long as the event loop turns."""
    return json_response({"status": "live"})


async def ready(request: web.Request) -> web.Response:
    """Answer 200 when the process can do its work, else 503 with the reasons; with its notes in either case."""
    watching = request.app[WATCHING]
    try:
        reasons = await asyncio.wait_for(watching.reasons(), PATIENCE)
    except TimeoutError:
        reasons = [f"It did not become known within {PATIENCE} seconds how the process is."]
    notes = watching.watched.notes()
    if reasons:
        return json_response({"status": "not ready", "reasons": reasons, **notes}, status=503)
    return json_response({"status": "ready", **notes})
