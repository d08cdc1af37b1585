"""What is still retained: the time that a listing asks about, and an audit with its findings."""

from datetime import datetime, timedelta
from typing import TypeVar

from events.clock import epoch_milliseconds
from events.errors import InvalidRequest
from events.vocabulary import TaskId
from service.call import Call
from service.settings import Settings
from service.wire.listing import ListRequest
from service.wire.request import Request

L = TypeVar("L", bound=ListRequest)
R = TypeVar("R", bound=Request)

ON_THE_WAY = timedelta(minutes=5)
"""How old a request may have become: who asks for exactly the retention asks a little before we look."""


def require_retained(call: Call[L], start: int, end: int) -> None:
    """Refuse a time (epoch milliseconds) that ends before it starts, or starts before what is retained.

    A listing that began with a start just within the retention may be read to its end: time passes meanwhile.
    """
    if start > end:
        raise InvalidRequest("startTime must not be after endTime.")
    days = call.services.settings.retention_days
    earliest = epoch_milliseconds(call.now - timedelta(days=days) - ON_THE_WAY)
    if start < earliest and call.request.next_token is None:
        raise InvalidRequest(f"startTime must not be more than {days} days ago: what is older is not retained.")


def is_retained(call: Call[R], task_id: TaskId) -> bool:
    """Whether an audit and what it found can be asked for: it is in progress, or ended within the retention.

    Its rows go a little later (`projections/pruning.py`), and come back for a while when they are made anew.
    """
    ended_at = call.read_models.audit_tasks.ended_at(call.account, task_id)
    return ended_within_retention(call.services.settings, call.now, ended_at)


def ended_within_retention(settings: Settings, now: datetime, ended_at: int | None) -> bool:
    """Whether what ended then (epoch milliseconds; None: it has not) is retained."""
    retention = timedelta(days=settings.retention_days)
    return ended_at is None or ended_at > epoch_milliseconds(now - retention)
