"""The OpenAPI document as a page for a browser: HTML and one style sheet, without a script.

Every ready-made renderer is a megabyte of script that would run with the origin of this API (decision 14). This
page is made of the document alone, so it says what the document says.
"""

import base64
from collections.abc import Iterator
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Any

from service.openapi.page_schema import kind, members, must, prose, said

Schema = dict[str, Any]


def page(document: Schema) -> str:
    """Return the page."""
    info = document["info"]
    title = escape(info["title"])
    tags = [(tag, list(_operations(document, tag["name"]))) for tag in document["tags"]]
    links = "".join(_links(tag, operations) for tag, operations in tags)
    sections = "".join(_section(tag, operations) for tag, operations in tags)
    structures = "".join(_structure(name, each) for name, each in document["components"]["schemas"].items())
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}: the API</title>'
        f"<style>{_style()}</style></head>"
        f'<body><div class="page"><nav aria-label="Operations">{links}</nav>'
        f'<main><h1>{title} <span class="version">{escape(info["version"])}</span></h1>'
        f'<p>{prose(info["description"])}</p><p><a href="/openapi.json">openapi.json</a></p>'
        f'{sections}<h2 id="structures">Structures</h2>{structures}</main></div></body></html>'
    )


def content_security_policy() -> str:
    """Let the page have its own style and nothing else: no script, no picture, no form, no frame."""
    digest = base64.b64encode(sha256(_style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _style() -> str:
    return files("service.openapi").joinpath("page.css").read_text("utf-8")


def _operations(document: Schema, tag: str) -> Iterator[tuple[str, str, Schema]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if tag in operation["tags"]:
                shared = document["components"]["parameters"]
                parameters = [shared.get(_name(each), each) for each in operation["parameters"]]
                yield path, method, operation | {"parameters": parameters}


def _name(reference: Schema) -> str:
    return str(reference.get("$ref", "")).rpartition("/")[2]


def _links(tag: Schema, operations: list[tuple[str, str, Schema]]) -> str:
    ids = [escape(operation["operationId"]) for _, _, operation in operations]
    links = "".join(f'<li><a href="#{each}">{each}</a></li>' for each in ids)
    return f"<h2>{escape(tag['name'])}</h2><ul>{links}</ul>"


def _section(tag: Schema, operations: list[tuple[str, str, Schema]]) -> str:
    each = "".join(_operation(*operation) for operation in operations)
    return f"<h2>{escape(tag['name'])}</h2><p>{prose(tag['description'])}</p>{each}"


def _operation(path: str, method: str, operation: Schema) -> str:
    name = escape(operation["operationId"])
    return (
        f'<details><summary><span class="method {escape(method)}">{escape(method.upper())}</span>'
        f'<code class="path">{escape(path)}</code> <span>{name}</span>'
        f'<span class="says">{prose(operation["summary"])}</span></summary><div class="inside" id="{name}">'
        f"<p>{prose(operation.get('description', ''))}</p>{_parameters(operation['parameters'])}"
        f"{_body(operation.get('requestBody'))}{_responses(operation['responses'])}</div></details>"
    )


def _parameters(parameters: list[Schema]) -> str:
    listed = "".join(
        f"<dt><code>{escape(each['name'])}</code> {kind(each['schema'])}"
        f' <span class="type">in the {escape(each["in"])}</span>'
        f"{must(is_required=each.get('required', False))}</dt>{said(each)}"
        for each in parameters
    )
    return f"<h4>Parameters</h4><dl>{listed}</dl>" if listed else ""


def _body(body: Schema | None) -> str:
    if body is None:
        return ""
    media_type, content = next(iter(body["content"].items()))
    schema = content["schema"]
    what = members(schema) or f"<p>{kind(schema)}: {prose(schema.get('description', ''))}</p>"
    return f"<h4>Body, <code>{escape(media_type)}</code></h4>{what}"


def _responses(responses: Schema) -> str:
    listed = "".join(_response(status, each) for status, each in responses.items())
    return f"<h4>Answers</h4><dl>{listed}</dl>"


def _response(status: str, response: Schema) -> str:
    content = response.get("content", {})
    kinds = [f"{kind(each['schema'])} <code>{escape(media_type)}</code>" for media_type, each in content.items()]
    what = " or ".join(kinds)
    return f'<dt><span class="status">{escape(status)}</span> {what}</dt><dd>{prose(response["description"])}</dd>'


def _structure(name: str, schema: Schema) -> str:
    what = members(schema) or f"<p>{kind(schema)}</p>"
    says = prose(schema.get("description", ""))
    return (
        f'<details><summary><code class="path">{escape(name)}</code>'
        f'<span class="says">{says}</span></summary><div class="inside" id="{escape(name)}">{what}</div></details>'
    )
