"""Presence events of made-up devices."""

from collections.abc import Iterable, Mapping
from typing import Any

from events.store.database import Database, Row
from workers.presence.presence_event import PresenceEvent, presence_event

CERTIFICATE = "c1" * 32


def members(event_type: str = "connected", **changed: Any) -> dict[str, Any]:
    """Return the members of an event as AWS's guide shows them, with some changed; None takes one away."""
    told = {
        "clientId": "door-1",
        "timestamp": 1_767_225_600_000,
        "eventType": event_type,
        "sessionIdentifier": "a4666d2a7d844ae4ac5d7b38c9cb7967",
        "principalIdentifier": CERTIFICATE,
        "ipAddress": "192.0.2.0",
        "versionNumber": 0,
    }
    if event_type == "disconnected":
        told |= {"clientInitiatedDisconnect": True, "disconnectReason": "CLIENT_INITIATED_DISCONNECT"}
    return {name: value for name, value in (told | changed).items() if value is not None}


def connect(client: str, at: int, *, session: str = "s1", **more: Any) -> PresenceEvent:
    """Return the connect of a client."""
    return presence_event(members(clientId=client, timestamp=at, sessionIdentifier=session, **more))


def disconnect(client: str, at: int, *, session: str = "s1", **more: Any) -> PresenceEvent:
    """Return the disconnect of a client."""
    told: Mapping[str, Any] = {"clientId": client, "timestamp": at, "sessionIdentifier": session, **more}
    return presence_event(members("disconnected", **told))


def connections_in(database: Database) -> list[Row]:
    """Return what the store knows now of each connection, in no order that means anything."""
    return database.query(
        "SELECT account, connection_id, principal, client_id, connected_at, began_at, ended_at, was_displaced "
        "FROM connections WHERE removed_in = ? ORDER BY account, connection_id",
        (2**63 - 1,),
    )


def number_of_rows(database: Database, tables: Iterable[str] = ("connections",)) -> int:
    """Return how many rows there are, also of what is no longer true."""
    return sum(database.query(f"SELECT count(*) FROM {table}")[0][0] for table in tables)
