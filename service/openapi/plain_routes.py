"""The routes whose answer is not one JSON object of a request: streams, and what watches over a process."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, WithJsonSchema

from events.errors import LimitExceeded, NotFound
from service.operations.export_history import ExportedHistory, ExportHistoryRequest
from service.wire.answered import Answered, Rejection
from service.wire.request import Request

NDJSON = "application/x-ndjson"


class ImportAnswer(Answered):
    """What became of an import, in records; `removed` is in resources."""

    inventory_version: int
    added: int
    changed: int
    unchanged: int
    removed: int
    rejected: int
    rejections: list[Rejection]
    """The first of them."""


class PresenceAnswer(Answered):
    """What became of presence events."""

    is_collecting: bool
    recorded: int
    repeated: int
    ignored: int
    message: str | None = None
    """Why events were ignored."""
    rejected: int
    rejections: list[Rejection]
    """The first of them."""


class AuditEvent(Answered):
    """A server-sent event: `progress` while the audit goes on, then one `end`."""

    id: str
    """What `Last-Event-ID` can name."""
    event: Literal["progress", "end"]
    data: Annotated[str, WithJsonSchema({"type": "string", "contentMediaType": "application/json"})]
    """The audit as it stands: `taskId`, `taskStatus`, and `checks` by name."""


class Live(Answered):
    """The event loop turns."""

    status: Literal["live"]


class Ready(Answered):
    """The process can do its work. What else it notes of itself stands beside that."""

    model_config = ConfigDict(extra="allow")

    status: Literal["ready"]


class NotReady(Answered):
    """The process can't do its work, and why."""

    model_config = ConfigDict(extra="allow")

    status: Literal["not ready"]
    reasons: list[str]


class Document(Answered):
    """An OpenAPI 3.1 document."""

    model_config = ConfigDict(extra="allow")

    openapi: Literal["3.1.0"]


@dataclass(frozen=True)
class PlainRoute:
    """What a route takes and answers that is no operation of the table of routes."""

    answers: Mapping[str, type[BaseModel] | None]
    """By media type; None: a text without members."""
    says: str
    """What a good answer is."""
    parameters: tuple[Mapping[str, Any], ...] = ()
    query: type[Request] | None = None
    """What else its query may have."""
    takes: str | None = None
    """The media type of its body."""
    own_refusals: tuple[type[Exception], ...] = ()
    unavailable: type[Answered] | None = None
    """What it answers with 503."""
    is_unchanged_known: bool = False
    """Whether it answers 304 to who has it already."""
    is_open: bool = False
    """Whether nobody is asked who he is."""


def parameter(place: str, name: str, schema: Mapping[str, Any], description: str) -> dict[str, Any]:
    """A parameter that is not of a model; one in the path must be there."""
    required = {"required": True} if place == "path" else {}
    return {"name": name, "in": place, **required, "schema": schema, "description": description}


UNCHANGED_SINCE = parameter("header", "If-None-Match", {"type": "string"}, "The ETag of what is known already.")

PLAIN_ROUTES: Mapping[str, PlainRoute] = {
    "ImportInventory": PlainRoute(
        {"application/json": ImportAnswer},
        "The import is over; lines that could not be read were left out, and are named.",
        (
            parameter(
                "query",
                "replace",
                {"type": "boolean"},
                "Whether the fleet is what is imported and nothing else; otherwise it is added to what is there.",
            ),
        ),
        takes=NDJSON,
    ),
    "ImportPresence": PlainRoute(
        {"application/json": PresenceAnswer},
        "The events were taken in, or ignored because no check needs them.",
        takes=NDJSON,
    ),
    "WatchAuditTask": PlainRoute(
        {"text/event-stream": AuditEvent},
        "The audit as it goes on, until it has ended.",
        (
            parameter("path", "taskId", {"type": "string", "minLength": 1}, "Which audit."),
            parameter(
                "header",
                "Last-Event-ID",
                {"type": "string", "pattern": "^[0-9]{1,18}$"},
                "The id of the last event that was received: only what is newer is sent.",
            ),
        ),
        own_refusals=(NotFound, LimitExceeded),
    ),
    "ExportHistory": PlainRoute(
        {NDJSON: None, "application/json": ExportedHistory},
        "The history, an event a line; in JSON a list of them.",
        query=ExportHistoryRequest,
    ),
    "DescribeCheckpoint": PlainRoute(
        {"text/plain": None},
        "The latest signed checkpoint of the log, in the format of c2sp.org/tlog-checkpoint.",
        own_refusals=(NotFound,),
    ),
    "DescribeEventProof": PlainRoute(
        {"text/plain": None},
        "The proof that an event is in the log, under the latest checkpoint, as c2sp.org/tlog-proof has it.",
        (parameter("path", "position", {"type": "string", "minLength": 1}, "Where the event lies in the log."),),
        own_refusals=(NotFound,),
    ),
    "Metrics": PlainRoute(
        {"text/plain": None, "application/openmetrics-text": None},
        "Every metric of this process, for Prometheus; in OpenMetrics to who accepts it.",
        is_open=True,
    ),
    "HealthLive": PlainRoute({"application/json": Live}, "The event loop turns.", is_open=True),
    "HealthReady": PlainRoute(
        {"application/json": Ready}, "The process can do its work.", unavailable=NotReady, is_open=True
    ),
    "OpenApi": PlainRoute(
        {"application/json": Document}, "This document.", (UNCHANGED_SINCE,), is_unchanged_known=True, is_open=True
    ),
    "ApiPage": PlainRoute(
        {"text/html": None},
        "This document, to be read.",
        (UNCHANGED_SINCE,),
        is_unchanged_known=True,
        is_open=True,
    ),
}
"""By the route's name."""
