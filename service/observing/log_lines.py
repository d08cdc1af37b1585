"""The lines of the log: JSON for machines, text for people. Nothing in a message can break a line or forge one.

docs/operations.md has the fields; docs/decisions/0011 says why this is the standard library.
"""

import json
import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TextIO

import orjson

from events.at_hand import ids_at_hand
from service.observing.log_stream import BatchedLines
from service.observing.settings import Observing

NOT_FOR_A_SCREEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Controls, what some programs take for the end of a line, what turns the direction of text, and halves of
characters."""

FIELDS = "fields"
"""The attribute of a record in which its own fields are: `logger.info(..., extra={"fields": {...}})`."""


def log_to(stream: TextIO, settings: Observing) -> None:
    """Let every logger of the process write to a stream, in place of whatever it wrote to before."""
    handler = BatchedLines(stream)
    handler.setFormatter(JsonLines() if settings.log_format == "json" else TextLines())
    # What no line shows need not be found out for each.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging.basicConfig(handlers=[handler], level=settings.log_level.upper(), force=True)


class JsonLines(logging.Formatter):
    """One JSON object a line, in ASCII."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line. What is at hand is looked up now, on the thread that wrote the record."""
        members: dict[str, Any] = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **ids_at_hand(),
            **_fields(record),
        }
        if record.exc_info:
            members["exception"] = self.formatException(record.exc_info)
        return _in_ascii(members)


class TextLines(logging.Formatter):
    """One line a record, and a traceback below it, moved in so that none of it looks like a line of the log."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, or the lines."""
        named = " ".join(f"{name}={value}" for name, value in {**ids_at_hand(), **_fields(record)}.items())
        message = record.getMessage()
        line = f"{_time(record)} {record.levelname:<8} {record.name}: {message}{'  ' if named else ''}{named}"
        lines = [printable(line)]
        if record.exc_info:
            lines += [f"    {printable(each)}" for each in self.formatException(record.exc_info).splitlines()]
        return "\n".join(lines)


def printable(text: str) -> str:
    """The text with escapes for what is no visible character."""
    return NOT_FOR_A_SCREEN.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def _fields(record: logging.LogRecord) -> Mapping[str, Any]:
    fields: Mapping[str, Any] = getattr(record, FIELDS, {})
    return fields


def _in_ascii(members: Mapping[str, Any]) -> str:
    """The JSON of an object, by the quick encoder where it has nothing to escape that this one would leave."""
    try:
        encoded = orjson.dumps(members, default=str)
    except TypeError:  # half a character
        return json.dumps(members, default=str)
    return encoded.decode() if encoded.isascii() else json.dumps(members, default=str)


def _time(record: logging.LogRecord) -> str:
    return f"{_second(int(record.created))}.{int(record.created % 1 * 1000):03}Z"


@lru_cache(2)
def _second(second: int) -> str:
    return f"{datetime.fromtimestamp(second, UTC):%Y-%m-%dT%H:%M:%S}"
