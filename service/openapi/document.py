"""The OpenAPI 3.1 document of the service, made of the routes and of the models that read requests.

A new row in the table of routes is in the document by itself. What an answer has is said by the request's
`answer`, or for a route without a model in `plain_routes.py`; a test fails where nobody has said it.
"""

import inspect
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from aiohttp import web

from service.as_of.moment import HEADER, POSITION_HEADER
from service.openapi.operations import of_plain, of_request
from service.openapi.plain_routes import PLAIN_ROUTES, parameter
from service.openapi.refusals import ERROR_SCHEMAS
from service.openapi.schemas import schemas
from service.wire.request import Request

Schema = dict[str, Any]

SUMMARY = """\
The Audit API of AWS IoT Device Defender, self-hosted. What is under `AWS` is AWS's own API, for boto3, the aws \
CLI and the SDKs; what is under `Fleet Audit` is ours. A member that nobody knows is ignored, and one that is \
null is absent. Every answer has an `x-amzn-RequestId`, every error an `x-amzn-ErrorType` and a `message`."""

SIGV4 = {
    "type": "apiKey",
    "in": "header",
    "name": "Authorization",
    "x-amazon-apigateway-authtype": "awsSigv4",
    "description": "AWS Signature Version 4 for the service `iot`, as every AWS SDK signs.",
}

REQUEST_ID = {
    "description": "The id of the request, for logs, events and traces.",
    "required": True,
    "schema": {"type": "string", "format": "uuid"},
}

AS_OF = parameter(
    "header",
    HEADER,
    {"type": "string", "pattern": "^([0-9]{1,18}|[0-9]{4}-.+)$"},
    "The moment that is asked about: a time such as 2026-01-31T12:00:00Z, or a position in the log.",
)

AS_OF_POSITION = {"description": "Up to where in the log the answer knows.", "schema": {"type": "string"}}

AWS, OURS, WATCHING = "AWS", "Fleet Audit", "Operating"


@dataclass(frozen=True)
class Row:
    """An operation with a request model, as the table of routes has it."""

    method: str
    path: str
    request: type[Request]
    says: str
    """What it does."""
    is_of_aws: bool
    knows_the_past: bool
    """Whether it answers for a moment past, too."""


def document(rows: Sequence[Row], plain: Iterable[web.RouteDef], throttling_status: int) -> Schema:
    """Return the document of operations and of plain routes; a plain route that nobody describes is left out."""
    described = {route.kwargs["name"]: route for route in plain if route.kwargs["name"] in PLAIN_ROUTES}
    requests = [row.request for row in rows]
    answers: list[Any] = [request.answer for request in requests if request.answer is not None]
    for name in described:
        each = PLAIN_ROUTES[name]
        requests += [] if each.query is None else [each.query]
        answers += [answer for answer in (*each.answers.values(), each.unavailable) if answer is not None]
    models, components = schemas(requests, answers)
    statuses = {"ThrottlingException": throttling_status}
    paths: dict[str, Schema] = {}
    for row in rows:
        operation = of_request(row.method, row.path, row.request, models[row.request], statuses)
        if row.knows_the_past:
            operation["parameters"].append({"$ref": "#/components/parameters/AsOf"})
            operation["responses"]["200"]["headers"] |= {
                POSITION_HEADER: {"$ref": "#/components/headers/AsOfPosition"}
            }
        name = row.request.__name__.removesuffix("Request")
        named = _named(name, row.says, AWS if row.is_of_aws else OURS)
        paths.setdefault(row.path, {})[row.method.lower()] = named | operation
    for name, route in described.items():
        plain_route = PLAIN_ROUTES[name]
        query = {} if plain_route.query is None else models[plain_route.query]
        operation = of_plain(plain_route, query, statuses)
        named = _named(name, inspect.getdoc(route.handler) or "", WATCHING if "security" in operation else OURS)
        path = re.sub(r"\{(\w+):[^}]+\}", r"{\1}", route.path)
        paths.setdefault(path, {})[route.method.lower()] = named | operation
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base",
        "info": {
            "title": "Fleet Audit",
            "version": version("fleet-audit"),
            "description": SUMMARY,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"sigv4": []}],
        "tags": [
            {"name": AWS, "description": "The operations of AWS's Audit API."},
            {"name": OURS, "description": "What AWS has no operation for."},
            {"name": WATCHING, "description": "For who watches over a process. These ask nobody who he is."},
        ],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted({**components, **ERROR_SCHEMAS}.items())),
            "parameters": {"AsOf": AS_OF},
            "headers": {"RequestId": REQUEST_ID, "AsOfPosition": AS_OF_POSITION},
            "securitySchemes": {"sigv4": SIGV4},
        },
    }


def _named(name: str, says: str, tag: str) -> Schema:
    summary, _, more = says.partition(". ")
    more = " ".join(more.split())
    return {"operationId": name, "tags": [tag], "summary": " ".join(summary.split()).rstrip(".")} | (
        {"description": more} if more else {}
    )
