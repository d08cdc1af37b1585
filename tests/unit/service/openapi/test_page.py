import re

from service.openapi.of_service import service_document
from service.openapi.page import page
from service.openapi.page_schema import kind, members, prose

HOSTILE = "</style><script>alert(1)</script><a href='x' onclick=\"y\">&amp;`</code>`"


def spoiled(value):
    """The same document with hostile text wherever text is read by people."""
    if isinstance(value, dict):
        texts = {
            name for name in ("description", "summary", "version", "name") if isinstance(value.get(name), str)
        }
        return {name: HOSTILE if name in texts else spoiled(inner) for name, inner in value.items()}
    return [spoiled(each) for each in value] if isinstance(value, list) else value


def test_no_text_of_the_document_becomes_markup():
    document = service_document(429)
    written = page(spoiled(document) | {"tags": document["tags"]})
    assert "alert(1)" in written
    assert not re.search(r"<script|<[^>]+onclick|href='x'", written)


def test_what_stands_between_backticks_is_code():
    assert prose("`a < b` & c") == "<code>a &lt; b</code> &amp; c"


def test_kinds_of_values():
    def said(schema):
        return re.sub("<[^>]+>", "", kind(schema))

    assert said({"type": "string", "minLength": 1, "pattern": "^a$"}) == "string, at least 1 characters, ^a$"
    assert said({"type": "array", "items": {"$ref": "#/components/schemas/Tag"}}) == "list of Tag"
    assert said({"anyOf": [{"type": "integer", "maximum": 250}, {"type": "null"}]}) == "integer, to 250"
    assert said({"type": "object", "additionalProperties": {"type": "boolean"}}) == "map of boolean"
    assert said({"enum": ["A", "B"]}) == "one of A, B"
    assert said({"const": "ready"}) == "one of ready"


def test_what_must_be_there_is_marked():
    written = members({"properties": {"a": {"type": "string"}, "b": {"type": "string"}}, "required": ["a"]})
    assert [("required" in line) for line in written.split("<dt>")[1:]] == [True, False]
