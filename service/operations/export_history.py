"""GET /fleet-audit/history/export: the history as a stream of any length, with the whole of each event.

Pages are read as fast as the receiver takes them, so that neither side has more than a few in hand.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from enum import StrEnum
from typing import Any

import orjson
from aiohttp import web
from pydantic import RootModel

from projections.history import HistoryEntry, HistoryFilter
from projections.paging import Key, Page, Slice
from service.access.caller import CALLER
from service.call import LISTS
from service.operations.list_history import HistoryEvent, HistoryPart, rendered
from service.services import SERVICES, Services
from service.wire.reading import read
from service.wire.request import Enumerated

PATH = "/fleet-audit/history/export"

ROWS_AT_ONCE = 250

LONGEST_WAIT = 60.0
"""Seconds in which the receiver has to take some of what was sent."""


class ExportedEvent(HistoryEvent):
    """One thing that happened, with the whole of it."""

    event: dict[str, Any]
    """As the log has it."""


class ExportedHistory(RootModel[list[ExportedEvent]]):
    """What happened, the oldest first unless asked otherwise."""


class ExportFormat(StrEnum):
    """How an export is written: `ndjson` unless asked otherwise."""

    JSON = "json"
    NDJSON = "ndjson"


class ExportHistoryRequest(HistoryPart):
    """Which part of it, and how."""

    format: Enumerated[ExportFormat] | None = None
    """`ndjson` unless given."""


CONTENT_TYPES = {ExportFormat.JSON: "application/json", ExportFormat.NDJSON: "application/x-ndjson"}


async def export_history(request: web.Request) -> web.StreamResponse:
    """Send what had happened when it was asked for, oldest first unless asked otherwise: a line an event."""
    asked = await read(ExportHistoryRequest, request)
    services = request.app[SERVICES]
    how = asked.format or ExportFormat.NDJSON
    export = Export(request, services, asked)
    first = await export.page()  # what is wrong with the question, or the store, is still answered as such
    stream = web.StreamResponse(headers={"Content-Type": CONTENT_TYPES[how]})
    await stream.prepare(request)
    with suppress(ConnectionError):  # whoever has gone needs no answer
        async for piece in export.pieces(first, how):
            async with asyncio.timeout(LONGEST_WAIT):
                await stream.write(piece)
        await stream.write_eof()
    return stream


class Export:
    """One export."""

    def __init__(self, request: web.Request, services: Services, asked: ExportHistoryRequest) -> None:
        self._account = request[CALLER].account
        self._history = services.read_models.history
        self._lists = request.app[LISTS]
        self._wanted: HistoryFilter = asked.wanted(services.progress.position)
        self._oldest_first = asked.oldest_first is not False

    async def page(self, after: Key | None = None) -> Slice[HistoryEntry]:
        """The rows that come after a key."""

        def read_page() -> Slice[HistoryEntry]:
            page = Page(ROWS_AT_ONCE, after)
            return self._history.list(self._account, self._wanted, page, oldest_first=self._oldest_first)

        return await asyncio.get_running_loop().run_in_executor(self._lists, read_page)

    async def pieces(self, page: Slice[HistoryEntry], how: ExportFormat) -> AsyncIterator[bytes]:
        """What to send, page by page from this one on."""
        between = b",\n" if how is ExportFormat.JSON else b"\n"
        sent = b"[\n" if how is ExportFormat.JSON else b""
        while page.rows:
            yield sent + between.join(orjson.dumps({**rendered(row), "event": row.event}) for row in page.rows)
            sent = between
            if page.next is None:
                break
            page = await self.page(page.next)
        if how is ExportFormat.JSON:
            yield b"\n]\n" if sent == between else b"[]\n"
        elif sent:
            yield b"\n"
