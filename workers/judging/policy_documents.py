"""Reads policy documents of AWS IoT and IAM: text in, statements out, or the reason why not.

Source of the grammar: IAM user guide, "Grammar of the IAM JSON policy language"; AWS IoT's policies follow it.
"""

import json
from collections.abc import Mapping
from typing import Any

from workers.judging.policy_statements import Condition, Effect, Statement

LONGEST_DOCUMENT = 10_240
"""Characters that are not white space, which AWS does not count either. It takes 2,048 for an IoT policy,
6,144 for a managed policy, and 10,240 for all inline policies of a role together."""

VERSIONS = ("2008-10-17", "2012-10-17")
"""The first is meant where a document has none."""

DOCUMENT_MEMBERS = {"Version", "Id", "Statement"}
STATEMENT_MEMBERS = {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"}


class NotAPolicy(ValueError):  # noqa: N818 - a fact about the document, not a failure of ours
    """A text that is not a policy document. Its own text goes on from `policy documents ...`."""


def parse_policy_document(text: str, longest: int = LONGEST_DOCUMENT) -> list[Statement]:
    """Return the statements of a policy document, in their order; raise NotAPolicy with the reason.

    Strict where leniency would guess: a repeated or an unknown member could change what a statement means.
    """
    if sum(map(len, text.split())) > longest:
        raise NotAPolicy("that are longer than AWS takes")
    document = _object(_json(text), DOCUMENT_MEMBERS, "that are not policies")
    if document.get("Version", VERSIONS[0]) not in VERSIONS:
        raise NotAPolicy("of an unknown Version")
    statements = document.get("Statement")
    return [_statement(each) for each in (statements if isinstance(statements, list) else [statements])]


def _json(text: str) -> Any:
    """Parse JSON. The standard library does, since it can tell a repeated member; orjson takes the last one."""
    try:
        return json.loads(text, object_pairs_hook=_without_repeated_members, parse_constant=_refused)
    except NotAPolicy:
        raise
    except (ValueError, RecursionError) as error:
        raise NotAPolicy("that are not valid JSON") from error


def _without_repeated_members(members: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(members)
    if len(value) < len(members):
        raise NotAPolicy("that have a member twice")
    return value


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _object(value: Any, members: set[str], otherwise: str) -> Mapping[str, Any]:
    if not isinstance(value, dict) or not members >= value.keys():
        raise NotAPolicy(otherwise)
    return value


def _statement(value: Any) -> Statement:
    statement = _object(value, STATEMENT_MEMBERS, "with a statement of an unknown form")
    return Statement(
        _effect(statement.get("Effect")),
        *_either(statement, "Action", "NotAction"),
        *_either(statement, "Resource", "NotResource"),
        _conditions(statement.get("Condition", {})),
    )


def _effect(value: Any) -> Effect:
    try:
        return Effect(value)
    except ValueError:
        raise NotAPolicy("with a statement whose Effect is neither Allow nor Deny") from None


def _either(statement: Mapping[str, Any], name: str, opposite: str) -> tuple[tuple[str, ...], bool]:
    """Return the values of the one of two members that is there, and whether it is the opposite."""
    if (name in statement) == (opposite in statement):
        raise NotAPolicy(f"with a statement without {name} or with both {name} and {opposite}")
    is_opposite = opposite in statement
    values = statement[opposite if is_opposite else name]
    texts = tuple(values) if isinstance(values, list) else (values,)
    if not all(isinstance(text, str) for text in texts):
        raise NotAPolicy(f"with a statement whose {name} is not text")
    return texts, is_opposite


def _conditions(value: Any) -> tuple[Condition, ...]:
    """Flatten `{operator: {key: value or values}}`."""
    if not isinstance(value, dict) or not all(isinstance(keys, dict) for keys in value.values()):
        raise NotAPolicy("with a Condition of an unknown form")
    return tuple(
        Condition(operator, key, _condition_values(values))
        for operator, keys in value.items()
        for key, values in keys.items()
    )


def _condition_values(values: Any) -> tuple[str, ...]:
    texts = values if isinstance(values, list) else [values]
    if not all(isinstance(text, str | bool | int | float) for text in texts):
        raise NotAPolicy("with a Condition of an unknown form")
    return tuple(text if isinstance(text, str) else json.dumps(text) for text in texts)
