"""`X-Fleet-Audit-As-Of`: the moment that a question is about, as its sender names it."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from pydantic_core import PydanticCustomError

from events.clock import epoch_milliseconds, from_epoch_milliseconds
from events.errors import InvalidRequest
from events.log import EventLog
from service.wire.timestamps import Moment as Time
from service.wire.timestamps import moment_in_query

HEADER = "X-Fleet-Audit-As-Of"

POSITION_HEADER = "X-Fleet-Audit-As-Of-Position"
"""In the answer: up to where in the log it knows."""

_DATE = re.compile("[0-9]{4}-")

LONGEST_POSITION = 18
"""Digits; so many are far beyond every log and well within an integer of 64 bits."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment that is past."""

    position: int
    """What had happened: everything up to here."""
    now: datetime
    """What time it was then."""


MOMENT = web.RequestKey("moment", Moment)
"""There where a request is about the past."""


def moment_of(given: Sequence[str], log: EventLog, now: datetime) -> Moment:
    """The moment that the header names; InvalidRequest for a text that names none, and for one in the future."""
    if len(given) != 1:
        raise InvalidRequest(f"{HEADER} must be given once.")
    text = given[0].strip()
    if text.isascii() and text.isdigit():
        return _at_position(text, log)
    moment = _time(text)
    present = epoch_milliseconds(now)
    if moment.microseconds > present * 1000:
        raise InvalidRequest(f"{HEADER} must not be in the future.")
    milliseconds = min(moment.last_millisecond, present)
    return Moment(log.position_at(milliseconds), from_epoch_milliseconds(milliseconds))


def _time(text: str) -> Time:
    """ISO 8601. Numbers, which elsewhere are seconds since 1970, are positions here."""
    with suppress(PydanticCustomError):
        if _DATE.match(text):
            return moment_in_query(text)
    raise InvalidRequest(
        f"{HEADER} must be a time such as 2026-01-31T12:00:00Z, or a position in the log such as 1234."
    )


def _at_position(text: str, log: EventLog) -> Moment:
    last = log.last_position()
    if len(text) > LONGEST_POSITION or int(text) > last:
        raise InvalidRequest(f"{HEADER} must not be beyond the end of the log, which is at position {last}.")
    position = int(text)
    # The event there, or, where the log has a gap, the next: its time is the one at which that much had happened.
    recorded_at = log.recorded_after(position - 1)
    return Moment(position, from_epoch_milliseconds(recorded_at or 0))
