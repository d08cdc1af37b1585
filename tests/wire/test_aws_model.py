"""Our operations and their requests are AWS's: the same routes, members, limits and words."""

from typing import Any

import pytest

from service.routes import OPERATIONS
from tests.support.iot_model import operation

AWS_OPERATIONS = {
    "UpdateAccountAuditConfiguration",
    "DescribeAccountAuditConfiguration",
    "DeleteAccountAuditConfiguration",
    "CreateScheduledAudit",
    "ListScheduledAudits",
    "DescribeScheduledAudit",
    "UpdateScheduledAudit",
    "DeleteScheduledAudit",
    "StartOnDemandAuditTask",
    "DescribeAuditTask",
    "ListAuditTasks",
    "CancelAuditTask",
    "ListAuditFindings",
    "DescribeAuditFinding",
    "ListRelatedResourcesForAuditFinding",
    "TagResource",
    "UntagResource",
    "ListTagsForResource",
}

SPELLED_IN_RUST = {
    r"^[a-zA-Z0-9_-]+$": r"[a-zA-Z0-9_-]+",
    r"^[a-zA-Z0-9\-]+$": r"[a-zA-Z0-9\-]+",
    r"^(0x)?[a-fA-F0-9]+$": r"(0x)?[a-fA-F0-9]+",
    r"^[A-Za-z0-9_+=,.@-]+$": r"[\w+=,.@-]+",
    r"^[0-9]+$": r"[0-9]+",
    r"^[\x20-\x7e]*$": r"[\p{Graph}\x20]*",
    r"^[a-fA-F0-9:]+$": r"[a-fA-F0-9:]+",
    r"^([1-9]|[12][0-9]|3[01])$|^LAST$": r"^([1-9]|[12][0-9]|3[01])$|^LAST$",
    r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$": r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$",
}
"""Our patterns, and those of AWS's model that they are: anchored, with Java's classes in Rust's spelling."""

NOT_EMPTY = {"targetCheckNames"}
"""Lists that need a member with us, where AWS's model is silent (docs/choices.md)."""


@pytest.fixture(params=OPERATIONS, ids=lambda each: each.name)
def ours(request):
    return request.param


def test_every_operation_is_there_once():
    assert sorted(each.name for each in OPERATIONS) == sorted(AWS_OPERATIONS)


def test_an_operation_is_where_aws_has_it(ours):
    http = operation(ours.name).http
    assert (ours.method, ours.path) == (http["method"], http["requestUri"])


def test_a_handler_bears_the_name_of_its_operation(ours):
    module = ours.handler.__module__.removeprefix("service.operations.")
    assert ours.handler.__name__ == module
    assert module.replace("_", "") == ours.name.lower()
    assert ours.request.__module__ == ours.handler.__module__


def test_a_request_has_the_members_and_limits_of_aws(ours):
    schema = ours.request.model_json_schema(by_alias=True)
    require_same(schema, operation(ours.name).input_shape, schema.get("$defs", {}), ours.name)


def require_same(schema: dict[str, Any], shape: Any, definitions: dict[str, Any], at: str) -> None:
    schema = resolved(schema, definitions)
    comparison = {
        "structure": require_same_structure,
        "list": require_same_list,
        "map": require_same_map,
        "string": require_same_string,
        "integer": require_same_integer,
        "timestamp": require_same_timestamp,
        "boolean": lambda schema, *_: expect(schema["type"], "boolean", at),
    }[shape.type_name]
    comparison(schema, shape, definitions, at)


def require_same_structure(schema, shape, definitions, at):
    properties = schema.get("properties", {})
    expect(set(properties), set(shape.members), at)
    expect(set(schema.get("required", [])), set(shape.required_members), at)
    for name, member in shape.members.items():
        require_same(properties[name], member, definitions, f"{at}.{name}")


def require_same_list(schema, shape, definitions, at):
    expect(schema["type"], "array", at)
    expect(schema.get("minItems"), 1 if at.split(".")[-1] in NOT_EMPTY else shape.metadata.get("min"), at)
    expect(schema.get("maxItems"), shape.metadata.get("max"), at)
    require_same(schema["items"], shape.member, definitions, f"{at}[]")


def require_same_map(schema, shape, definitions, at):
    expect(schema["type"], "object", at)
    if "propertyNames" in schema or shape.key.metadata:
        require_same(schema["propertyNames"], shape.key, definitions, f"{at} key")
    require_same(schema["additionalProperties"], shape.value, definitions, f"{at} value")


def require_same_string(schema, shape, _definitions, at):
    expect(schema["type"], "string", at)
    expect(schema.get("enum"), shape.metadata.get("enum"), at)
    expect(schema.get("minLength", 0), shape.metadata.get("min", 0), at)
    expect(schema.get("maxLength"), shape.metadata.get("max"), at)
    pattern = schema.get("pattern")
    expect(pattern and SPELLED_IN_RUST[pattern], shape.metadata.get("pattern"), at)


def require_same_integer(schema, shape, _definitions, at):
    expect(schema["type"], "integer", at)
    expect((schema["minimum"], schema["maximum"]), (shape.metadata["min"], shape.metadata["max"]), at)


def require_same_timestamp(schema, shape, _definitions, at):
    in_query = shape.serialization.get("location") == "querystring"
    expect((schema["type"], schema.get("format")), ("string", "date-time") if in_query else ("number", None), at)


def expect(ours: object, aws: object, at: str) -> None:
    assert ours == aws, at


def resolved(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference, and look through an optional member at what it is when it is there."""
    if "$ref" in schema:
        return resolved(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    if "anyOf" in schema:
        (there,) = [choice for choice in schema["anyOf"] if choice != {"type": "null"}]
        return resolved(there, definitions)
    return schema
