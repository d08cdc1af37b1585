"""One operation of the document: what it takes, and what it answers."""

import re
from collections.abc import Mapping
from typing import Any

from service.openapi.plain_routes import PlainRoute
from service.openapi.refusals import refused
from service.wire.reading import JSON_TYPES, WITH_A_BODY
from service.wire.request import Request

Schema = dict[str, Any]

REQUEST_ID = {"x-amzn-RequestId": {"$ref": "#/components/headers/RequestId"}}
ETAG = {"ETag": {"description": "What `If-None-Match` can name.", "required": True, "schema": {"type": "string"}}}


def of_request(
    method: str, path: str, request: type[Request], schema: Schema, statuses: Mapping[str, int]
) -> Schema:
    """Describe an operation with a request model, whose JSON Schema is `schema`.

    Its members are in the path if the path names them, else in the body of a POST or PATCH, else in the query.
    """
    in_path = re.findall(r"\{(\w+)\}", path)
    has_body = method in WITH_A_BODY
    members: dict[str, Schema] = schema["properties"]
    required = set(schema.get("required", ()))
    placed = [name for name in members if name in in_path or not has_body]
    described: Schema = {
        "parameters": [
            _parameter(name, members[name], "path" if name in in_path else "query", is_required=name in required)
            for name in sorted(placed, key=lambda name: name not in in_path)
        ],
    }
    rest = {name: member for name, member in members.items() if name not in placed}
    if rest:
        described["requestBody"] = _json_body(
            schema | {"properties": rest, "required": sorted(required & set(rest))}
        )
    good = {"description": "", "headers": REQUEST_ID, "content": {}}
    if request.answer is not None:
        good["description"] = request.answer.__doc__ or ""
        good["content"] = _content("application/json", request.answer.__name__)
    described["responses"] = {"200": good, **refused(request.refusals, has_body=has_body, statuses=statuses)}
    return described


def of_plain(plain: PlainRoute, query: Schema, statuses: Mapping[str, int]) -> Schema:
    """Describe a route that is no such operation; `query` is the JSON Schema of its query, if it has a model."""
    members: dict[str, Schema] = query.get("properties", {})
    in_query = [
        _parameter(name, member, "query", is_required=name in query.get("required", ()))
        for name, member in members.items()
    ]
    described: Schema = {"parameters": [*plain.parameters, *in_query]}
    if plain.takes is not None:
        content = {plain.takes: {"schema": {"type": "string", "description": "One JSON object a line."}}}
        described["requestBody"] = {"content": content}
    content = {}
    for media_type, answer in plain.answers.items():
        content |= _content(media_type, None if answer is None else answer.__name__)
    headers = REQUEST_ID | (ETAG if plain.is_unchanged_known else {})
    responses = {"200": {"description": plain.says, "headers": headers, "content": content}}
    if plain.is_unchanged_known:
        responses["304"] = {"description": "It is still what `If-None-Match` names.", "headers": headers}
    responses |= refused(plain.own_refusals, has_body=plain.takes is not None, statuses=statuses)
    if plain.unavailable is not None:
        answer = plain.unavailable
        content = _content("application/json", answer.__name__)
        responses["503"] = {"description": answer.__doc__ or "", "headers": REQUEST_ID, "content": content}
    described["responses"] = responses
    if plain.is_open:
        described["security"] = []
    return described


def _parameter(name: str, member: Schema, place: str, *, is_required: bool) -> Schema:
    return {"name": name, "in": place, "required": is_required, "schema": _not_null(member)}


def _not_null(schema: Schema) -> Schema:
    """A member that may be null in JSON: in a path or query there is no null."""
    there = [choice for choice in schema.get("anyOf", ()) if choice != {"type": "null"}]
    if not there:
        return schema
    rest = {key: value for key, value in schema.items() if key != "anyOf"}
    return (there[0] if len(there) == 1 else {"anyOf": there}) | rest


def _json_body(schema: Schema) -> Schema:
    if not schema["required"]:
        schema = {key: value for key, value in schema.items() if key != "required"}
    return {
        "required": "required" in schema,
        "content": {media_type: {"schema": schema} for media_type in sorted(JSON_TYPES)},
    }


def _content(media_type: str, schema: str | None) -> Schema:
    described = {"type": "string"} if schema is None else {"$ref": f"#/components/schemas/{schema}"}
    return {media_type: {"schema": described}}
