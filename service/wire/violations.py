"""What is wrong with a request, in the words in which AWS says it.

The text names each member and its limit. It never repeats a value: a value can be of any length, and a secret.
"""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

MOST_REPORTED = 10
"""Violations that one message names; it says how many more there are."""

_LONGEST_NAME = 64

_CONSTRAINTS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "missing": lambda _: "Member must not be null",
    "extra_forbidden": lambda _: "Member is not known",
    "greater_than_equal": lambda limit: f"Member must have value greater than or equal to {limit['ge']}",
    "less_than_equal": lambda limit: f"Member must have value less than or equal to {limit['le']}",
    "string_too_short": lambda limit: f"Member must have length greater than or equal to {limit['min_length']}",
    "string_too_long": lambda limit: f"Member must have length less than or equal to {limit['max_length']}",
    "too_short": lambda limit: f"Member must have length greater than or equal to {limit['min_length']}",
    "string_pattern_mismatch": lambda limit: f"Member must satisfy regular expression pattern: {limit['pattern']}",
    "enum": lambda limit: f"Member must satisfy enum value set: [{_listed(limit['expected'])}]",
    "string_type": lambda _: "Member must be a string",
    "string_unicode": lambda _: "Member must be a string of valid Unicode",
    "int_type": lambda _: "Member must be an integer",
    "bool_type": lambda _: "Member must be a boolean, true or false",
    "list_type": lambda _: "Member must be a list",
    "dict_type": lambda _: "Member must be a map",
    "model_type": lambda _: "Member must be a structure",
}
"""How pydantic names a violation, to how AWS words it. What our own validators raise brings its own words."""


def describe(violations: ValidationError) -> str:
    """Return AWS's sentence: `1 validation error detected: Value at 'maxResults' failed to satisfy ...`."""
    errors = violations.errors(include_url=False)
    clauses = [
        f"Value at '{_place(error['loc'])}' failed to satisfy constraint: {_constraint(error)}"
        for error in errors[:MOST_REPORTED]
    ]
    if len(errors) > MOST_REPORTED:
        clauses.append(f"and {len(errors) - MOST_REPORTED} more")
    noun = "error" if len(errors) == 1 else "errors"
    return f"{len(errors)} validation {noun} detected: {'; '.join(clauses)}"


def _constraint(error: Mapping[str, Any]) -> str:
    if error["input"] is None:
        return "Member must not be null"
    worded = _CONSTRAINTS.get(error["type"])
    return worded(error.get("ctx", {})) if worded else str(error["msg"])


def _place(location: tuple[int | str, ...]) -> str:
    """Name a member as AWS does: lists count from 1, and what is in a list or map is a `member`."""
    parts: list[str] = []
    for part in location:
        if part == "[key]":
            parts.append("key")
        elif isinstance(part, int):
            parts.extend((str(part + 1), "member"))
        else:
            parts.append(part[:_LONGEST_NAME])
    return ".".join(parts)


def _listed(expected: str) -> str:
    """Turn pydantic's `'A', 'B' or 'C'` into `A, B, C`."""
    return expected.replace(" or ", ", ").replace("'", "")
