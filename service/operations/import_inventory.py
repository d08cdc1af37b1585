"""POST /fleet-audit/inventory/import: a stream of NDJSON into the account's inventory.

No operation of AWS's: there the fleet is in the same account already. docs/inventory.md has the records.
"""

import asyncio
from collections.abc import Iterator

from aiohttp import web

from events.errors import InvalidRequest
from service.services import SERVICES
from service.wire.answer import json_response, present
from service.wire.reading import BODY_TIMEOUT
from workers.inventory.importers.import_ndjson import import_ndjson
from workers.inventory.importers.import_report import ImportReport

PATH = "/fleet-audit/inventory/import"

CHUNK = 256 * 1024
"""Bytes that are handed over at a time, at most."""

NDJSON = ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/json")
"""A page in a browser can send none of these to another site without asking first, and none is none of them."""

SWITCH = {"true": True, "false": False}


async def import_inventory(request: web.Request) -> web.Response:
    """Import a body of any length in bounded memory, and answer with what became of it.

    Parsing and writing take place on one thread of their own. A body that breaks off, or of which nothing comes
    for a while, leaves the inventory as it was. Refused while another import runs.
    """
    services = request.app[SERVICES]
    replace = _replace(request)
    _require_ndjson(request)
    body = _Body(request, asyncio.get_running_loop())
    try:
        report = await asyncio.to_thread(
            import_ndjson,
            services.inventory,
            services.settings.account,
            body.chunks(),
            replace=replace,
            now=services.clock.now(),
        )
    finally:
        body.is_abandoned = True
    return json_response(_answer(report))


class _Body:
    """A request's body for a thread that reads at its own pace.

    The thread asks the event loop for each chunk when it has dealt with the one before. Meanwhile aiohttp takes
    in no more than its buffer holds, and then makes the sender wait.
    """

    def __init__(self, request: web.Request, loop: asyncio.AbstractEventLoop) -> None:
        self._content = request.content
        self._loop = loop
        self.is_abandoned = False
        """Set when nobody waits for the answer any more. What has not been read then will not be."""

    def chunks(self) -> Iterator[bytes]:
        """Yield the body; raise when it breaks off."""
        while chunk := asyncio.run_coroutine_threadsafe(self._read(), self._loop).result():
            yield chunk

    async def _read(self) -> bytes:
        if self.is_abandoned:
            raise web.HTTPBadRequest
        try:
            async with asyncio.timeout(BODY_TIMEOUT):
                return await self._content.read(CHUNK)
        except TimeoutError:
            raise web.HTTPRequestTimeout from None
        except (ConnectionError, RuntimeError):
            raise web.HTTPBadRequest from None  # the sender has gone, which aiohttp tells in both ways


def _replace(request: web.Request) -> bool:
    given = request.query.getall("replace", ["false"])
    if len(given) != 1 or given[0] not in SWITCH:
        raise InvalidRequest("replace must be true or false.")
    return SWITCH[given[0]]


def _require_ndjson(request: web.Request) -> None:
    if "Content-Type" not in request.headers or request.content_type not in NDJSON:
        raise InvalidRequest(f"The Content-Type must be {NDJSON[0]}, and the body one JSON object a line.")


def _answer(report: ImportReport) -> dict[str, object]:
    return {
        "inventoryVersion": report.version,
        "added": report.added,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "removed": report.removed,
        "rejected": report.rejected,
        "rejections": [present({"line": each.line, "reason": each.reason}) for each in report.rejections],
    }
