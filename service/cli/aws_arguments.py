"""The arguments of an `aws iot` command, made into those of boto3."""

from collections.abc import Sequence
from typing import Any

import click
import orjson
from botocore import xform_name
from botocore.model import OperationModel, ServiceModel, Shape


def operation_named(name: str, model: ServiceModel, among: frozenset[str]) -> OperationModel:
    """The operation that the aws CLI calls by this name; refused if it is none of `among`."""
    known = {xform_name(each, "-"): each for each in among}
    if name not in known:
        raise click.UsageError(f"{name} is none of: {', '.join(sorted(known))}.")
    return model.operation_model(known[name])


def arguments_of(operation: OperationModel, given: Sequence[str]) -> dict[str, Any]:
    """boto3's arguments, of `--task-id 1 --max-results 10`; lists and structures are JSON."""
    members: dict[str, Shape] = operation.input_shape.members if operation.input_shape else {}
    named = {f"--{xform_name(member, '-')}": member for member in members}
    arguments: dict[str, Any] = {}
    waiting = list(given)
    while waiting:
        option, _, value = waiting.pop(0).partition("=")
        switched_off = option.replace("--no-", "--", 1)
        if option in named and members[named[option]].type_name == "boolean":
            arguments[named[option]] = True
        elif switched_off in named and members[named[switched_off]].type_name == "boolean":
            arguments[named[switched_off]] = False
        elif option in named and (value or waiting):
            arguments[named[option]] = _value(option, value or waiting.pop(0), members[named[option]])
        else:
            raise click.UsageError(f"{option} is unknown or has no value. There are: {', '.join(sorted(named))}.")
    return arguments


def _value(option: str, text: str, shape: Shape) -> Any:
    try:
        if shape.type_name in {"structure", "map", "list"}:
            return orjson.loads(text)
        return int(text) if shape.type_name in {"integer", "long"} else text
    except ValueError as error:
        raise click.UsageError(f"The value of {option} is not of the type {shape.type_name}: {error}.") from error
