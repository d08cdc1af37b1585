"""GET and POST /fleet-audit/clock: what time the service thinks it is, and moving that on.

No operation of AWS's, where nobody can see a scheduled audit start without waiting for it.
docs/testing-with-fleet-audit.md has examples.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Annotated, ClassVar, Literal

from aiohttp import web
from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from events.errors import InvalidRequest
from service.call import Call
from service.wire.answer import json_response, present
from service.wire.answered import Answered
from service.wire.request import Request
from service.wire.timestamps import moment_in_body, moment_in_query
from workers.clock_driver import ClockDriver

LONGEST = 400_000_000
"""Seconds; beyond what the driver moves the clock by."""


def _moment(given: object) -> datetime:
    moment = moment_in_query(given) if isinstance(given, str) else moment_in_body(given)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=moment.microseconds)


class ClockAnswer(Answered):
    """What time it is, in ISO 8601."""

    clock: Literal["system", "manual"]
    now: datetime
    next_scheduled_audit: datetime | None = None
    """When the next scheduled audit is due; absent where the clock is the computer's, or none is."""


class DescribeClockRequest(Request):
    """Asks for the time."""

    answer: ClassVar = ClockAnswer


class AdvancedClock(Answered):
    """What time it is now, and the audits that were started on the way there."""

    now: datetime
    started_task_ids: list[str]


class AdvanceClockRequest(Request):
    """How far to move the clock; one of the three."""

    answer: ClassVar = AdvancedClock

    advance_to: Annotated[datetime, BeforeValidator(_moment)] | None = None
    advance_by: Annotated[float, Field(ge=0, le=LONGEST, strict=False, allow_inf_nan=False)] | None = None
    next_scheduled_audit: bool | None = None

    @model_validator(mode="after")
    def _one_of_the_three(self) -> "AdvanceClockRequest":
        given = [self.advance_to is not None, self.advance_by is not None, bool(self.next_scheduled_audit)]
        if sum(given) != 1:
            raise PydanticCustomError(
                "advance", "One of advanceTo, advanceBy and nextScheduledAudit (which is true then) must be given"
            )
        return self

    def move(self, clock: ClockDriver) -> list[str]:
        """Move the clock; the ids of the audits that were started on the way."""
        if self.advance_to is not None:
            return list(clock.advance_to(self.advance_to))
        if self.advance_by is not None:
            return list(clock.advance_by(timedelta(seconds=self.advance_by)))
        return list(clock.advance_to_next_due())


async def describe_clock(call: Call[DescribeClockRequest]) -> web.Response:
    """Answer with the time, and when the next scheduled audit is due."""
    driver = call.services.clock_driver
    next_due = await asyncio.to_thread(driver.next_due) if driver is not None else None
    return json_response(
        present(
            {
                "clock": "system" if driver is None else "manual",
                "now": call.services.clock.now().isoformat(timespec="milliseconds"),
                "nextScheduledAudit": next_due and next_due.isoformat(timespec="milliseconds"),
            }
        )
    )


async def advance_clock(call: Call[AdvanceClockRequest]) -> web.Response:
    """Move the clock, and answer when everything that became due has been started and can be asked for."""
    driver = call.services.clock_driver
    if driver is None:
        raise InvalidRequest(
            "The clock is the computer's own. FLEET_AUDIT_CLOCK=manual makes one that can be moved."
        )
    started = await asyncio.to_thread(call.request.move, driver)
    return json_response(
        {"now": driver.now().isoformat(timespec="milliseconds"), "startedTaskIds": started},
    )
