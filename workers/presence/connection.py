"""One connection, as all that was told of it makes it, in whatever order and however often that was told."""

import hashlib
from dataclasses import dataclass, replace
from typing import Self

import orjson

from workers.presence.presence_event import PresenceEvent

STILL_CONNECTED = 2**63 - 1
"""The `ended_at` of a connection whose end was not told. A number, so that one comparison does for all."""


@dataclass(frozen=True, slots=True)
class Connection:
    """What is known of one connection. Times are epoch milliseconds.

    Each rule of merging is a minimum or a maximum, so the order of the events does not matter, nor do repeats.
    """

    principal: str
    client_id: str
    connected_at: int | None = None
    """The earliest that was told; None while only the end is known."""
    disconnected_at: int | None = None
    """The latest that was told; None while the connection lasts, as far as is known."""
    was_displaced: bool | None = None
    """Whether any disconnect said so; None while none has given a reason."""

    def with_event(self, event: PresenceEvent) -> Self:
        """What is known after one more event of this connection."""
        if event.is_connect:
            if self.connected_at is not None and self.connected_at <= event.at:
                return self
            return replace(self, connected_at=event.at)
        return replace(
            self,
            disconnected_at=event.at if self.disconnected_at is None else max(self.disconnected_at, event.at),
            was_displaced=_either(self.was_displaced, event.was_displaced),
        )

    @property
    def began_at(self) -> int:
        """When it began. Where only the end is known: the millisecond before that, in which it surely lasted."""
        if self.connected_at is not None:
            return self.connected_at
        return STILL_CONNECTED if self.disconnected_at is None else self.disconnected_at - 1

    @property
    def ended_at(self) -> int:
        """When it ended, or STILL_CONNECTED."""
        return STILL_CONNECTED if self.disconnected_at is None else self.disconnected_at


def connection_id(event: PresenceEvent) -> str:
    """The id of the connection that an event is about: 32 hex digits, made of all that tells one from another.

    The principal is among that: whoever repeats the session of another client makes a connection of its own. The
    first digits are the client's, so that the connections of one client lie together in the table.
    """
    told = [event.principal, event.client_id, event.session_id, event.version]
    of_client = hashlib.blake2b(event.client_id.encode(), digest_size=4).hexdigest()
    return of_client + hashlib.blake2b(orjson.dumps(told), digest_size=12).hexdigest()


def _either(one: bool | None, other: bool | None) -> bool | None:
    known = [each for each in (one, other) if each is not None]
    return any(known) if known else None
