"""The OpenAPI document as a referee: an answer has the status, the headers and the members that it describes."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import aiohttp
import jsonschema_rs

from service.openapi.of_service import service_document
from service.settings import Settings

Schema = dict[str, Any]

OF_NO_ROUTE = {(404, "UnknownOperationException"), (405, "MethodNotAllowedException")}


@cache
def document() -> Schema:
    """The document of a service with the default settings."""
    return service_document(Settings().throttling_status)


@cache
def templates() -> list[tuple[re.Pattern[str], Schema]]:
    """Each path of the document, as what matches it."""
    return [
        (re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path))), methods)
        for path, methods in document()["paths"].items()
    ]


@cache
def validator(reference: str) -> jsonschema_rs.Draft202012Validator:
    """What holds a value against a structure of the document."""
    return jsonschema_rs.Draft202012Validator(
        {"$ref": reference, "components": document()["components"]}, validate_formats=True
    )


def require_described(method: str, path: str, status: int, headers: Mapping[str, str], read: Any = None) -> None:
    """Fail unless the document describes an answer. `read` is its JSON; None when nobody has read it."""
    at = f"{method} {path} -> {status}"
    methods = next((methods for pattern, methods in templates() if pattern.fullmatch(path)), {})
    operation = methods.get(method.lower())
    if operation is None:
        assert (status, headers.get("x-amzn-ErrorType")) in OF_NO_ROUTE, f"{at}: there is no such operation"
        return
    response = operation["responses"].get(str(status))
    assert response is not None, f"{at}: only {list(operation['responses'])} are described"
    require_headers(response.get("headers", {}), headers, at)
    content_type = headers.get("Content-Type", "").partition(";")[0]
    content = response.get("content")
    if not content:
        return
    assert content_type in content, f"{at}: {content_type} is not described"
    schema = content[content_type]["schema"]
    if "$ref" in schema and read is not None:
        validator(schema["$ref"]).validate(read)


def require_headers(described: Schema, headers: Mapping[str, str], at: str) -> None:
    """Fail unless the headers that an answer must have are there, with a value that they may have."""
    shared = document()["components"]["headers"]
    for name, written in described.items():
        header = shared[written["$ref"].rpartition("/")[2]] if "$ref" in written else written
        assert name in headers or not header.get("required"), f"{at}: {name} is missing"
        allowed = header["schema"].get("enum")
        assert allowed is None or headers[name] in allowed, f"{at}: {name}: {headers[name]}"


async def held_against_the_document(
    request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Hold every answer that a client session gets against the document. A stream is not waited for."""
    response = await send(request)
    is_json = response.content_type == "application/json"
    read = await response.json() if is_json else None
    path = request.url.raw_path
    require_described(request.method, path, response.status, response.headers, read)
    return response


REFEREES = (held_against_the_document,)
"""For `ClientSession(middlewares=...)`."""
