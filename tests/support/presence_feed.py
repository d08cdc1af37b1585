"""A presence feed over a real store, that may be switched on and off and whose store may be away."""

import json
import time
from collections.abc import Sequence
from random import Random

from events.clock import SystemClock
from events.errors import StoreUnavailable
from events.store.database import Database
from events.vocabulary import AccountId
from tests.support.presence import connections_in, members
from tests.support.waiting import until
from workers.presence.mqtt_broker import MqttBroker
from workers.presence.mqtt_feed import MqttFeed
from workers.presence.presence_event import PresenceEvent
from workers.presence.store import PresenceStore

ACCOUNT = AccountId("000000000000")
NOW_MS = round(time.time() * 1000)


class FeedAtWork:
    """One feed, begun at once."""

    def __init__(self, broker: MqttBroker, database: Database, *, is_collecting: bool | None = True) -> None:
        self.is_collecting: bool | None = is_collecting
        self.store_is_away = False
        self.questions = 0
        """How often the feed asked whether to collect."""
        self.attempts = 0
        """How often events were to be recorded."""
        self.refusals = 0
        """How often the store was away when it was needed."""
        self._database = database
        self._store = PresenceStore(database, SystemClock())
        self.feed = MqttFeed(broker, self._record, self._is_collecting, SystemClock(), Random(1))
        self.feed.start()

    def stop(self) -> float:
        """Stop it; returns the seconds that it took."""
        began = time.monotonic()
        self.feed.stop()
        return time.monotonic() - began

    def wait_until_connected(self) -> None:
        """Wait until the broker has taken its subscription."""
        until(lambda: self.feed.state.state == "connected")

    def wait_for_problem(self, text: str) -> None:
        """Wait until it says what is wrong."""
        until(lambda: text in (self.feed.state.problem or ""))

    def wait_for(self, *clients: str) -> None:
        """Wait until exactly these clients' connections are recorded."""
        until(lambda: self.clients() == sorted(clients))

    def clients(self) -> list[str]:
        """The clients whose connections are recorded."""
        return sorted(client for _, _, _, client, *_ in connections_in(self._database))

    def wait_for_question(self) -> None:
        """Wait until it knows whether to collect, as that is now."""
        asked = self.questions
        until(lambda: self.questions > asked + 1)

    def _is_collecting(self) -> bool | None:
        self.questions += 1
        return self.is_collecting

    def _record(self, events: Sequence[PresenceEvent]) -> None:
        self.attempts += bool(events)
        if self.store_is_away:
            self.refusals += 1
            raise StoreUnavailable("the store is away")
        self._store.record(ACCOUNT, events)


def connected(client: str, at: int = NOW_MS, topics: str = "$aws/events/presence") -> tuple[str, str]:
    """The message of a connect."""
    event = members(clientId=client, timestamp=at, sessionIdentifier=f"session of {client}")
    return f"{topics}/connected/{client}", json.dumps(event)


def disconnected(client: str, at: int = NOW_MS + 1, topics: str = "$aws/events/presence") -> tuple[str, str]:
    """The message of a disconnect."""
    event = members("disconnected", clientId=client, timestamp=at, sessionIdentifier=f"session of {client}")
    return f"{topics}/disconnected/{client}", json.dumps(event)
