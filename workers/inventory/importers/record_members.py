"""Reading the members of a record strictly: what is wrong is named, with the member."""

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import orjson

from workers.inventory.importers.rejection import RecordRejected

Record = Mapping[str, Any]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_SECOND = (datetime.min.replace(tzinfo=UTC) - EPOCH).total_seconds()
LAST_SECOND = (datetime.max.replace(tzinfo=UTC) - EPOCH).total_seconds()


def text(record: Record, name: str, pattern: re.Pattern[str] | None = None, form: str = "a string") -> str | None:
    """A string member, or None when there is none; `form` says in words what `pattern` allows."""
    value = record.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or "\0" in value or (pattern is not None and not pattern.fullmatch(value)):
        raise RecordRejected(f"{name} must be {form}")
    return value


def choice(record: Record, name: str, allowed: Collection[str]) -> str | None:
    """A string member that is one of `allowed`, or None when there is none."""
    value = record.get(name)
    if value is None or (isinstance(value, str) and value in allowed):
        return value
    raise RecordRejected(f"{name} must be one of {', '.join(allowed)}")


def number(record: Record, name: str) -> int | None:
    """A whole number of at least 0 that fits into four bytes, or None when there is none."""
    value = record.get(name)
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 31):
        return value
    raise RecordRejected(f"{name} must be a whole number")


def flag(record: Record, name: str) -> bool | None:
    """A boolean member, or None when there is none."""
    value = record.get(name)
    if value is None or isinstance(value, bool):
        return value
    raise RecordRejected(f"{name} must be true or false")


def structure(record: Record, name: str) -> Record | None:
    """A member that is an object, or None when there is none."""
    value = record.get(name)
    if value is None or isinstance(value, Mapping):
        return value
    raise RecordRejected(f"{name} must be an object")


def structures(record: Record, name: str) -> list[Record] | None:
    """A member that is a list of objects, or None when there is none."""
    value = record.get(name)
    if value is None or (isinstance(value, list) and all(isinstance(each, Mapping) for each in value)):
        return value
    raise RecordRejected(f"{name} must be a list of objects")


def document(record: Record, name: str, longest: int) -> str | None:
    """A policy document as text, or None when there is none: given as an object, as text, or as IAM's API has it.

    That is URL-encoded (RFC 3986), and begins with a percent sign, as no document does. Whether it is a policy at
    all is for the checks to say.
    """
    given = record.get(name)
    if isinstance(given, Mapping):
        given = written(given, name)
    elif isinstance(given, str) and given.startswith("%"):
        given = unquote(given)
    if given is None:
        return None
    if not isinstance(given, str) or "\0" in given:
        raise RecordRejected(f"{name} must be an object or a string")
    if len(given) > longest:
        raise RecordRejected(f"{name} is longer than {longest:,} characters")
    return given


def written(given: Record, name: str) -> str:
    """An object as JSON. It may have been nested more deeply than can be written, as nothing of AWS's is."""
    try:
        return orjson.dumps(given).decode()
    except orjson.JSONEncodeError:
        raise RecordRejected(f"{name} is nested too deeply") from None


def moment(record: Record, name: str) -> int | None:
    """A time as epoch milliseconds, or None when there is none.

    AWS's own outputs have epoch seconds, whole or fractional (CLI version 1), or ISO 8601 (version 2). A time
    without a zone is taken as UTC.
    """
    value = record.get(name)
    if value is None:
        return None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if FIRST_SECOND <= value <= LAST_SECOND:
            return round(value * 1000)
    elif (parsed := _parsed(value)) is not None:
        zoned = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
        return (zoned - EPOCH) // timedelta(milliseconds=1)
    raise RecordRejected(f"{name} must be a time: ISO 8601, or seconds since 1970")


def needed(value: Any, name: str, why: str = "is missing") -> Any:
    """The value of a member that must be there."""
    if value is None:
        raise RecordRejected(f"{name} {why}")
    return value


def _parsed(value: Any) -> datetime | None:
    if isinstance(value, datetime):  # as YAML has it
        return value
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
