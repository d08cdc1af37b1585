"""Presence events: what a broker tells of each connect and disconnect, as AWS IoT's lifecycle events have it.

Source: AWS IoT Core developer guide, "Lifecycle events", connect/disconnect events; that a client id has at most
128 bytes: the message broker's quotas. Client ids and principals come from devices, that is from strangers.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

CONNECTED, DISCONNECTED = "connected", "disconnected"

DISPLACED = "DUPLICATE_CLIENTID"
"""The disconnectReason of a client whose id another one connected with."""

LAST_MILLISECOND = 253_402_300_799_999
"""The last one of the year 9999."""
LARGEST_VERSION = 2**63 - 1
LONGEST_CLIENT_ID = 128
LONGEST_OTHER = 256
"""Bytes of UTF-8. Texts of AWS's own are shorter; the limits keep rows and index entries small."""

CERTIFICATE_ID = re.compile(r"[0-9a-fA-F]{64}")


class PresenceEventRejected(ValueError):  # noqa: N818 - it is refused, and the feed goes on
    """What came is not a presence event. The text names the member and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class PresenceEvent:
    """One connect or disconnect."""

    client_id: str
    principal: str
    """What authenticated: the certificate's id in lower case, or another identity as the broker names it."""
    session_id: str
    version: int
    """Of the connection; a connect and its disconnect have the same. 0 where the broker does not number them."""
    is_connect: bool
    at: int
    """Epoch milliseconds."""
    was_displaced: bool | None = None
    """Whether another connection with its client id ended this one; None of a connect, or without a reason."""


def parse_presence_event(text: bytes | str) -> PresenceEvent:
    """Read the payload of a message, or a line of NDJSON. Raise PresenceEventRejected for anything else."""
    try:
        members = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise PresenceEventRejected(f"not JSON: {error}") from error
    if not isinstance(members, dict):
        raise PresenceEventRejected("not a JSON object")
    return presence_event(members)


def presence_event(members: Mapping[str, Any]) -> PresenceEvent:
    """Read an event's members; those that are not named here are passed over. Raise PresenceEventRejected."""
    event_type = members.get("eventType")
    if event_type not in (CONNECTED, DISCONNECTED):
        raise PresenceEventRejected(f"eventType must be {CONNECTED} or {DISCONNECTED}")
    _optional(members, "ipAddress", str, "a string")
    _optional(members, "clientInitiatedDisconnect", bool, "true or false")
    reason = _optional(members, "disconnectReason", str, "a string")
    is_connect = event_type == CONNECTED
    principal = _text(members, "principalIdentifier", LONGEST_OTHER)
    return PresenceEvent(
        client_id=_text(members, "clientId", LONGEST_CLIENT_ID),
        principal=principal.lower() if CERTIFICATE_ID.fullmatch(principal) else principal,
        session_id=_text(members, "sessionIdentifier", LONGEST_OTHER),
        version=_whole_number(members, "versionNumber", LARGEST_VERSION, "a whole number", default=0),
        is_connect=is_connect,
        at=_whole_number(members, "timestamp", LAST_MILLISECOND, "milliseconds since 1970, a whole number"),
        was_displaced=None if is_connect or not reason else reason == DISPLACED,
    )


def is_certificate(principal: str) -> bool:
    """Tell whether a principal is a certificate's id, and not an identity of another kind."""
    return CERTIFICATE_ID.fullmatch(principal) is not None


def _text(members: Mapping[str, Any], name: str, longest: int) -> str:
    """A text that every database can keep: PostgreSQL has no null characters."""
    value = members.get(name)
    if not isinstance(value, str) or not value or "\0" in value or not _fits(value, longest):
        raise PresenceEventRejected(f"{name} must be a string of 1 to {longest} bytes without null characters")
    return value


def _fits(value: str, longest: int) -> bool:
    try:
        return len(value.encode()) <= longest
    except UnicodeEncodeError:  # half of a surrogate pair
        return False


def _whole_number(
    members: Mapping[str, Any], name: str, largest: int, form: str, *, default: int | None = None
) -> int:
    value = members.get(name, default)
    if type(value) is not int or not 0 <= value <= largest:  # True is an int, too
        raise PresenceEventRejected(f"{name} must be {form}")
    return value


def _optional(members: Mapping[str, Any], name: str, kind: type, form: str) -> Any:
    value = members.get(name)
    if value is not None and not isinstance(value, kind):
        raise PresenceEventRejected(f"{name} must be {form}")
    return value
