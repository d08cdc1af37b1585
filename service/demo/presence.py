"""Who of the demo's fleet was connected when: presence events as a broker tells them."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from events.clock import epoch_milliseconds

COPIED = "camera-001"
COPIES = ("camera-101", "camera-102")
"""Cameras that the fleet does not know, with the certificate of one that it does."""

DISPUTED, INTRUDER = "gateway-001", "gateway-002"
"""One gateway was given the client ID of the other, so that they knock each other off."""

ROUNDS = 3


def presence_events(
    certificates: Mapping[str, str], now: datetime, *, has_intruders: bool
) -> Iterator[dict[str, Any]]:
    """Yield a month of events up to `now`. `certificates` has the certificate id of each device by its name."""
    disputing = (DISPUTED, INTRUDER) if has_intruders else ()
    for device, certificate in certificates.items():
        if device not in disputing:
            yield from _connection(device, certificate, now - timedelta(days=32), timedelta(days=30))
            yield from _connection(device, certificate, now - timedelta(days=1))
    if has_intruders:
        yield from _intrusions(certificates, now)


def _intrusions(certificates: Mapping[str, str], now: datetime) -> Iterator[dict[str, Any]]:
    for copy in COPIES:
        yield from _connection(copy, certificates[COPIED], now - timedelta(hours=20), timedelta(hours=6))
    began = now - timedelta(hours=10)
    for _ in range(ROUNDS):
        for device in (DISPUTED, INTRUDER):
            lasting = timedelta(minutes=5)
            yield from _connection(DISPUTED, certificates[device], began, lasting, "DUPLICATE_CLIENTID")
            began += lasting


def _connection(
    client_id: str,
    certificate: str,
    began: datetime,
    lasting: timedelta | None = None,
    reason: str = "CONNECTION_LOST",
) -> Iterator[dict[str, Any]]:
    told = {
        "clientId": client_id,
        "principalIdentifier": certificate,
        "sessionIdentifier": f"{client_id}-{epoch_milliseconds(began)}",
        "versionNumber": 0,
    }
    yield {**told, "eventType": "connected", "timestamp": epoch_milliseconds(began)}
    if lasting is not None:
        end = {"timestamp": epoch_milliseconds(began + lasting), "disconnectReason": reason}
        yield {**told, "eventType": "disconnected", **end}
