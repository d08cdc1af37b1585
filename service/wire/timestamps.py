"""Times on the wire, which the API writes in three ways.

In a query: ISO-8601, as every SDK writes it, with UTC assumed where no offset stands; or epoch seconds. In a body:
epoch seconds, integer or fractional. In an answer: epoch seconds with milliseconds. Inside, all are epoch
milliseconds, which is as finely as the API tells time.
"""

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST = (datetime.min.replace(tzinfo=UTC) - _EPOCH) // timedelta(seconds=1)
_LATEST = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // timedelta(seconds=1)
_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,9})?")
_LONGEST = 64


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment as a request names it."""

    microseconds: int
    is_truncated: bool
    """Given in whole seconds. Some SDKs cut the fraction off, so any moment of that second may be meant."""

    @property
    def first_millisecond(self) -> int:
        """The first whole millisecond that is not before the moment."""
        return -(-self.microseconds // 1000)

    @property
    def last_millisecond(self) -> int:
        """The last whole millisecond that is not after the moment, or of its second."""
        return self.microseconds // 1000 + (999 if self.is_truncated else 0)


def moment_in_body(seconds: object) -> Moment:
    """Read epoch seconds. `True` is a number to Python and not to us."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise PydanticCustomError("timestamp", "Member must be a timestamp in epoch seconds")
    return _of_seconds(seconds)


def moment_in_query(text: object) -> Moment:
    """Read ISO-8601, or epoch seconds. Digits alone are seconds, never a date such as 20260101."""
    if isinstance(text, str) and len(text) <= _LONGEST:
        if _NUMBER.fullmatch(text):
            return _of_seconds(float(text) if "." in text else int(text))
        try:
            return _of_datetime(datetime.fromisoformat(text), is_truncated="." not in text)
        except ValueError:
            pass
    raise PydanticCustomError("timestamp", "Member must be a timestamp such as 2026-01-31T12:00:00Z")


def _of_seconds(seconds: float) -> Moment:
    if not (math.isfinite(seconds) and _EARLIEST <= seconds <= _LATEST):
        raise PydanticCustomError("timestamp", "Member must be a timestamp between the years 1 and 9999")
    return Moment(round(seconds * 1_000_000), is_truncated=isinstance(seconds, int))


def _of_datetime(moment: datetime, *, is_truncated: bool) -> Moment:
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return Moment((aware - _EPOCH) // timedelta(microseconds=1), is_truncated=is_truncated)


_SECONDS = WithJsonSchema({"type": "number", "description": "epoch seconds"})
_ISO_8601 = WithJsonSchema({"type": "string", "format": "date-time"})

StartInBody = Annotated[int, BeforeValidator(lambda given: moment_in_body(given).first_millisecond), _SECONDS]
EndInBody = Annotated[int, BeforeValidator(lambda given: moment_in_body(given).last_millisecond), _SECONDS]
StartInQuery = Annotated[int, BeforeValidator(lambda given: moment_in_query(given).first_millisecond), _ISO_8601]
EndInQuery = Annotated[int, BeforeValidator(lambda given: moment_in_query(given).last_millisecond), _ISO_8601]


def epoch_seconds(milliseconds: int) -> float:
    """A time as an answer carries it."""
    return milliseconds / 1000
