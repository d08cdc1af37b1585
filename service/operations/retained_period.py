"""The time that a listing asks about, which must be one that is still kept."""

from datetime import timedelta
from typing import TypeVar

from events.clock import epoch_milliseconds
from events.errors import InvalidRequest
from service.call import Call
from service.wire.listing import ListRequest

L = TypeVar("L", bound=ListRequest)

ON_THE_WAY = timedelta(minutes=5)
"""How old a request may have become: who asks for exactly the retention asks a little before we look."""


def require_retained(call: Call[L], start: int, end: int) -> None:
    """Refuse a time (epoch milliseconds) that ends before it starts, or starts before what is retained.

    A listing that began with a start just within the retention may be read to its end: time passes meanwhile.
    """
    if start > end:
        raise InvalidRequest("startTime must not be after endTime.")
    days = call.services.settings.retention_days
    earliest = epoch_milliseconds(call.services.clock.now() - timedelta(days=days) - ON_THE_WAY)
    if start < earliest and call.request.next_token is None:
        raise InvalidRequest(f"startTime must not be more than {days} days ago: what is older is not retained.")
