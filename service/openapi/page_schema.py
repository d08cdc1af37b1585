"""A JSON Schema as HTML: members, their types and limits, with links to the structures that have a name."""

from html import escape
from typing import Any

Schema = dict[str, Any]


def members(schema: Schema) -> str:
    """The members of an object, each with what it may be."""
    required = schema.get("required", ())
    listed = "".join(
        f"<dt><code>{escape(name)}</code> {kind(member)}{must(is_required=name in required)}</dt>{said(member)}"
        for name, member in schema.get("properties", {}).items()
    )
    return f'<dl class="members">{listed}</dl>' if listed else ""


def kind(schema: Schema) -> str:
    """What a value may be, in one line."""
    return f'<span class="type">{_kind(schema)}{_limits(schema)}</span>'


def must(*, is_required: bool) -> str:
    """A mark for what must be there."""
    return ' <span class="must">required</span>' if is_required else ""


def said(schema: Schema) -> str:
    """What a member means, where somebody has said it."""
    texts = [each.get("description") for each in (schema, *schema.get("anyOf", ()))]
    text = next((text for text in texts if text), None)
    return f"<dd>{prose(text)}</dd>" if text else ""


def prose(text: str) -> str:
    """A sentence as HTML: what stands between backticks is code."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if at % 2 else part for at, part in enumerate(parts))


def _kind(schema: Schema) -> str:
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#{name}">{name}</a>'
    if "anyOf" in schema:
        choices = [choice for choice in schema["anyOf"] if choice != {"type": "null"}]
        return " or ".join(_kind(choice) + _limits(choice) for choice in choices)
    if "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        return "one of " + ", ".join(f"<code>{escape(str(value))}</code>" for value in values)
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}{_limits(schema.get('items', {}))}"
    if "additionalProperties" in schema and not schema.get("properties"):
        value = schema["additionalProperties"]
        return f"map of {_kind(value) if isinstance(value, dict) else 'anything'}"
    return escape(str(schema.get("format") or schema.get("type") or "anything"))


def _limits(schema: Schema) -> str:
    words = {
        "minLength": "at least {} characters",
        "maxLength": "at most {} characters",
        "minimum": "from {}",
        "maximum": "to {}",
        "minItems": "at least {}",
        "maxItems": "at most {}",
        "pattern": "<code>{}</code>",
    }
    given = [text.format(escape(str(schema[name]))) for name, text in words.items() if name in schema]
    return ", " + ", ".join(given) if given else ""
