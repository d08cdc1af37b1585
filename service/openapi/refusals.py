"""Which errors a route may answer with, from the one table that says what each refusal is on the wire."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aiohttp import web

from events.errors import AlreadyExists, LimitExceeded, NotFound
from service.wire.errors import ERROR_TYPE, ERRORS, INTERNAL_FAILURE, ErrorShape

Schema = dict[str, Any]

ONLY_WHERE_SAID = frozenset({NotFound, AlreadyExists, LimitExceeded})
"""Refusals of which a request says itself that it may meet them."""

OF_NO_ROUTE = frozenset({web.HTTPNotFound, web.HTTPMethodNotAllowed})
"""What is answered where no operation is."""

OF_A_BODY = frozenset({web.HTTPRequestTimeout, web.HTTPRequestEntityTooLarge, web.HTTPUnsupportedMediaType})
"""What is wrong with a body, so that a request without one never meets it."""

MESSAGE: Schema = {
    "type": "object",
    "properties": {"message": {"type": "string", "minLength": 1}},
    "required": ["message"],
    "additionalProperties": False,
}

EXISTS: Schema = {
    "type": "object",
    "properties": {
        "message": {"type": "string", "minLength": 1},
        "resourceId": {"type": "string"},
        "resourceArn": {"type": "string"},
    },
    "required": ["message", "resourceId", "resourceArn"],
    "additionalProperties": False,
}

RETRY_AFTER: Schema = {
    "Retry-After": {
        "description": "Seconds, with a `ThrottlingException`: when the same request may succeed.",
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
    }
}

ERROR_SCHEMAS: Mapping[str, Schema] = {"Error": MESSAGE, "ResourceAlreadyExists": EXISTS}


def refused(own: Sequence[type[Exception]], *, has_body: bool, statuses: Mapping[str, int]) -> dict[str, Schema]:
    """Return the responses with which a request may be refused, by status: `own`, and what any request may meet.

    `statuses` are those that a setting changes, by the name of the error.
    """
    may_meet = [
        INTERNAL_FAILURE,
        *(shape for kind, shape in ERRORS.items() if _is_met(kind, own, has_body=has_body)),
    ]
    by_status: dict[int, dict[str, ErrorShape]] = {}
    for shape in may_meet:
        by_status.setdefault(statuses.get(shape.name, shape.status), {})[shape.name] = shape
    return {str(status): _response(by_status[status].values()) for status in sorted(by_status)}


def _is_met(kind: type[Exception], own: Sequence[type[Exception]], *, has_body: bool) -> bool:
    if kind in ONLY_WHERE_SAID:
        return kind in own
    return kind not in OF_NO_ROUTE and (has_body or kind not in OF_A_BODY)


def _response(shapes: Iterable[ErrorShape]) -> Schema:
    met = sorted(shapes, key=lambda shape: shape.name)
    names = [shape.name for shape in met]
    schema = "ResourceAlreadyExists" if "ResourceAlreadyExistsException" in names else "Error"
    return {
        "description": " ".join(f"`{shape.name}`. {shape.message}".rstrip() for shape in met),
        "headers": {
            ERROR_TYPE: {
                "description": "The name of the error.",
                "required": True,
                "schema": {"type": "string", "enum": names},
            },
            "x-amzn-RequestId": {"$ref": "#/components/headers/RequestId"},
            **(RETRY_AFTER if "ThrottlingException" in names else {}),
        },
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
    }
