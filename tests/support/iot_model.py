"""AWS's own model of the API, as botocore carries it: the referee of what goes over the wire."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import botocore.session
import orjson
from botocore.model import OperationModel, ServiceModel
from botocore.parsers import create_parser

OUR_ERRORS = frozenset(
    {
        "UnknownOperationException",
        "AccessDeniedException",
        "IncompleteSignatureException",
        "InvalidSignatureException",
        "MissingAuthenticationTokenException",
        "UnrecognizedClientException",
        "ServiceUnavailableException",
        "MethodNotAllowedException",
        "RequestTimeoutException",
        "RequestEntityTooLargeException",
        "UnsupportedMediaTypeException",
        "ExpectationFailedException",
    }
)
"""Errors that no operation declares: they say that a request never became one of the API."""


@cache
def iot() -> ServiceModel:
    """The model of AWS IoT, 2015-05-28."""
    return botocore.session.Session().get_service_model("iot")


def operation(name: str) -> OperationModel:
    """One operation of it."""
    return iot().operation_model(name)


_JSON_TYPES: Mapping[str, type] = {
    "structure": dict,
    "map": dict,
    "list": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "timestamp": float,  # epoch seconds, with milliseconds
}


def java_pattern(pattern: str) -> re.Pattern[str]:
    """AWS's patterns are Java's; Python has other words for letters, numbers and separators."""
    for java, python in {r"\p{L}": r"\w", r"\p{N}": "", r"\p{Z}": " ", r"\p{Graph}": r"\x21-\x7e"}.items():
        pattern = pattern.replace(java, python)
    return re.compile(pattern)


def require_answer(name: str, status: int, headers: Mapping[str, str], body: bytes) -> Any:
    """Fail unless an answer is exactly what the model says; return it as boto3 would give it."""
    assert headers["Content-Type"].startswith("application/json")
    assert re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", headers["x-amzn-RequestId"])
    assert headers["Server"] == "FleetAudit"
    content = orjson.loads(body)
    if status < 300:
        shape: Any = operation(name).output_shape
        require_shape(content, shape, name)
    else:
        shape = _require_error(name, status, headers, content)
    parser = create_parser(operation(name).service_model.protocol)
    return parser.parse({"status_code": status, "headers": dict(headers), "body": body}, shape)


def _require_error(name: str, status: int, headers: Mapping[str, str], content: Any) -> Any:
    code = headers["x-amzn-ErrorType"]
    assert content["message"]
    if code in OUR_ERRORS:
        assert set(content) == {"message"}
        return None
    declared = {shape.name: shape for shape in operation(name).error_shapes}
    assert code in declared, f"{name} declares no {code}"
    assert status == declared[code].metadata["error"]["httpStatusCode"]
    require_shape(content, declared[code], code)
    return declared[code]


def require_shape(value: Any, shape: Any, at: str) -> None:
    """Fail if a value is not of a shape, to its last member: one that is unknown or null is a mistake of ours."""
    assert shape is not None
    kind: type = type(value)
    assert kind is _JSON_TYPES[shape.type_name], f"{at}: {value!r}"
    match shape.type_name:
        case "structure":
            _require_structure(value, shape, at)
        case "list":
            for index, member in enumerate(value):
                require_shape(member, shape.member, f"{at}[{index}]")
        case "map":
            for key, member in value.items():
                require_shape(key, shape.key, f"{at} key")
                require_shape(member, shape.value, f"{at}[{key}]")
        case "string":
            _require_string(value, shape, at)


def _require_structure(value: Any, shape: Any, at: str) -> None:
    assert set(value) <= set(shape.members), f"{at}: {set(value) - set(shape.members)}"
    assert set(shape.required_members) <= set(value), at
    for name, member in value.items():
        require_shape(member, shape.members[name], f"{at}.{name}")


def _require_string(value: Any, shape: Any, at: str) -> None:
    limits = shape.metadata
    assert limits.get("min", 0) <= len(value) <= limits.get("max", len(value)), at
    assert not limits.get("enum") or value in limits["enum"], f"{at}: {value}"
    assert "pattern" not in limits or java_pattern(limits["pattern"]).fullmatch(value), f"{at}: {value}"
