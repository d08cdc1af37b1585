"""POST /fleet-audit/inventory/presence: a stream of presence events into the account's connections.

No operation of AWS's: there the broker tells itself. docs/inventory.md has the events.
"""

import asyncio

from aiohttp import web

from service.access.caller import CALLER
from service.operations.import_inventory import require_ndjson
from service.services import SERVICES
from service.wire.answer import json_response, present
from service.wire.streamed_body import streamed_body
from workers.checks import checks_of_connections
from workers.presence.intake import PresenceReport

PATH = "/fleet-audit/inventory/presence"


async def import_presence(request: web.Request) -> web.Response:
    """Record a body of any length in bounded memory, and answer with what became of it.

    Parsing and writing take place on one thread of their own. Of a body that breaks off, or of which nothing comes
    for a while, what came before stays.
    """
    services = request.app[SERVICES]
    require_ndjson(request)
    body = streamed_body(request)
    try:
        report = await asyncio.to_thread(services.presence.take, request[CALLER].account, body.chunks())
    finally:
        body.is_abandoned = True
    return json_response(_answer(report))


def _why_ignored() -> str:
    needing = " or ".join(sorted(checks_of_connections()))
    return f"Connections are collected only while a check that needs them is enabled: {needing}."


def _answer(report: PresenceReport) -> dict[str, object]:
    return present(
        {
            "isCollecting": report.is_collecting,
            "recorded": report.recorded,
            "repeated": report.repeated,
            "ignored": report.ignored,
            "message": None if report.is_collecting else _why_ignored(),
            "rejected": report.rejected,
            "rejections": [present({"line": each.line, "reason": each.reason}) for each in report.rejections],
        }
    )
