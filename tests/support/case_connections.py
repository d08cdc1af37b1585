"""The connections of a case: told as presence events to a real store, which the check reads."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from events.clock import epoch_milliseconds
from events.resource import RelatedResource
from events.store.database import Database
from events.vocabulary import AccountId, AuditTaskType
from tests.support.fake_clock import FakeClock
from tests.support.presence import connect, disconnect
from workers.checks.check import Check
from workers.judging.look_back import Window
from workers.presence.connections import Presence
from workers.presence.presence_event import PresenceEvent
from workers.presence.store import PresenceStore

IdOf = Callable[[str], str]


def window_of(check: Check, written: Mapping[str, Any]) -> Window | None:
    """Return the time that a check of connections looks at, None for another check."""
    task_type = AuditTaskType(written.get("taskType", AuditTaskType.ON_DEMAND))
    if check.looks_back is None:
        return None
    return check.looks_back.window(task_type, written["now"], written.get("previousStart"))


def known_since(written: Mapping[str, Any]) -> datetime | None:
    """Return since when a case's connections are known: for long, unless it says something else."""
    if "connections" not in written:
        return None
    since: datetime = written.get("connectionsKnownSince", written["now"] - timedelta(days=40))
    return since


def told(database: Database, account: AccountId, written: Mapping[str, Any], id_of: IdOf) -> Presence:
    """Tell a store the connections of a case, the last one first."""
    since = known_since(written)
    clock = FakeClock(since or written["now"])
    store = PresenceStore(database, clock)
    if since is not None:
        store.record(account, [])
        clock.advance(written["now"] - since)
        store.record(account, list(events(written["connections"], id_of))[::-1])
    return Presence(database, store)


def events(connections: list[Mapping[str, Any]], id_of: IdOf) -> Iterator[PresenceEvent]:
    """Yield a connect and a disconnect for each connection, as far as its times are given."""
    for number, each in enumerate(connections):
        principal = each["principal"] if "principal" in each else id_of(each["certificate"])
        same = {"session": f"session-{number}", "principalIdentifier": principal}
        if "connected" in each:
            yield connect(each["client"], epoch_milliseconds(each["connected"]), **same)
        if "disconnected" in each:
            reason = each.get("reason", "CLIENT_INITIATED_DISCONNECT")
            at = epoch_milliseconds(each["disconnected"])
            yield disconnect(each["client"], at, disconnectReason=reason, **same)


def additional_info(written: Mapping[str, Any]) -> dict[str, str]:
    """Return what a finding says of a connection that it names."""
    info = {"PRINCIPAL_ID": written["principal"]} if "principal" in written else {}
    for member, name in (("connected", "CONNECTION_TIME"), ("disconnected", "DISCONNECTION_TIME")):
        if member in written:
            info[name] = str(epoch_milliseconds(written[member]))
    return info


def named(related: tuple[RelatedResource, ...]) -> list[tuple[dict[str, Any], dict[str, str]]]:
    """Return what a finding says of connections, in its order."""
    return [(dict(each.resource.identifier), dict(each.additional_info)) for each in related]
