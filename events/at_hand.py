"""What a thread or a request is about just now, for whoever writes a log line or a span of it.

Context variables: each thread and each asyncio task has its own, so nothing has to be handed through.
"""

from contextvars import ContextVar

from events.event import Event

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
"""The HTTP request that is being answered; empty outside of one."""

TASK_ID: ContextVar[str] = ContextVar("task_id", default="")
"""The audit that an actor works for; empty outside of one."""

EVENT: ContextVar[Event | None] = ContextVar("event", default=None)
"""The event that a follower takes, or that an actor's work follows from. It names a request and mostly a task."""


def ids_at_hand() -> dict[str, str]:
    """The ids of what is at hand: `request_id`, `task_id` and `event_id`, as far as each is known."""
    event = EVENT.get()
    ids = {"request_id": REQUEST_ID.get(), "task_id": TASK_ID.get()}
    if event is not None:
        ids["event_id"] = str(event.event_id)
        ids["request_id"] = ids["request_id"] or event.request_id
        ids["task_id"] = ids["task_id"] or _task_of(event)
    return {name: value for name, value in ids.items() if value}


def _task_of(event: Event) -> str:
    """The audit that an event speaks of, in itself or in the shard that it names."""
    named = getattr(event, "task_id", None) or getattr(getattr(event, "shard", None), "task_id", None)
    return named or ""
