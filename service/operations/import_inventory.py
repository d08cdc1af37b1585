"""POST /fleet-audit/inventory/import: a stream of NDJSON into the account's inventory.

No operation of AWS's: there the fleet is in the same account already. docs/inventory.md has the records.
"""

import asyncio

from aiohttp import web

from events.errors import InvalidRequest
from events.inventory_import import ImportSource
from service.access.caller import CALLER
from service.call import READ_MODEL_PATIENCE
from service.middleware import REQUEST_ID
from service.services import SERVICES, Services
from service.telling_imports import tell_or_leave
from service.wire.answer import json_response, present
from service.wire.streamed_body import streamed_body
from workers.inventory.import_teller import ImportTeller
from workers.inventory.importers.import_ndjson import import_ndjson
from workers.inventory.importers.import_report import ImportReport
from workers.inventory.untold_imports import ImportedBy

PATH = "/fleet-audit/inventory/import"

NDJSON = ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/json")
"""A page in a browser can send none of these to another site without asking first, and none is none of them."""

SWITCH = {"true": True, "false": False}


async def import_inventory(request: web.Request) -> web.Response:
    """Import a body of any length in bounded memory, and answer with what became of it.

    Parsing and writing take place on one thread of their own. A body that breaks off, or of which nothing comes
    for a while, leaves the inventory as it was. Refused while another import runs. The history tells of it, and
    does so before this answers unless the log is away.
    """
    services = request.app[SERVICES]
    replace = _replace(request)
    require_ndjson(request)
    metrics = services.watched.metrics
    body = streamed_body(request)
    caller = request[CALLER]
    try:
        report = await asyncio.to_thread(
            import_ndjson,
            services.inventory,
            caller.account,
            body.chunks(),
            replace=replace,
            now=services.clock.now(),
            by=ImportedBy(caller.actor, request[REQUEST_ID], ImportSource.HTTP),
        )
    except BaseException:
        metrics.not_imported()
        raise
    finally:
        body.is_abandoned = True
    metrics.imported(report)
    await asyncio.to_thread(_tell, services)
    return json_response(_answer(report))


def _tell(services: Services) -> None:
    position = tell_or_leave(
        ImportTeller(services.inventory.untold_imports, services.application.imports, services.clock)
    )
    services.progress.wait(position, READ_MODEL_PATIENCE)


def _replace(request: web.Request) -> bool:
    given = request.query.getall("replace", ["false"])
    if len(given) != 1 or given[0] not in SWITCH:
        raise InvalidRequest("replace must be true or false.")
    return SWITCH[given[0]]


def require_ndjson(request: web.Request) -> None:
    """Refuse a body that a web page could have sent without asking."""
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
