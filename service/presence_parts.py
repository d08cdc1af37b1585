"""What a process has for connections: the store, who collects, what audits ask, and what takes events in."""

from collections.abc import Callable
from dataclasses import dataclass

from events.clock import Clock
from events.store.database import Database
from workers.checks import checks_of_connections
from workers.presence.collection import PresenceCollection
from workers.presence.connections import Presence
from workers.presence.intake import PresenceIntake
from workers.presence.store import PresenceStore


@dataclass(frozen=True)
class PresenceParts:
    """One store, seen by those who use it."""

    store: PresenceStore
    collection: PresenceCollection
    """For a follower of the log, and for the question whether anything is to be collected."""
    audited: Presence
    intake: PresenceIntake


def presence_parts(database: Database, clock: Clock, end_of_log: Callable[[], int]) -> PresenceParts:
    """What is needed in any role. `end_of_log` is asked for the log's last position."""
    store = PresenceStore(database, clock)
    collection = PresenceCollection(database, store, checks_of_connections(), clock)
    return PresenceParts(
        store, collection, Presence(database, store), PresenceIntake(store, collection, end_of_log)
    )
