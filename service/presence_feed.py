"""The presence feed of a process, and what is shown of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random

from events.clock import Clock
from events.errors import StoreUnavailable
from service.settings import Settings
from service.wire.answer import present
from workers.presence.collection import PresenceCollection
from workers.presence.feed_state import FeedState
from workers.presence.mqtt_feed import MqttFeed
from workers.presence.store import PresenceStore

Notes = Callable[[], dict[str, object]]


@contextmanager
def presence_feed(
    settings: Settings,
    store: PresenceStore,
    collection: PresenceCollection,
    is_caught_up: Callable[[], bool],
    clock: Clock,
) -> Iterator[Notes]:
    """Collect from the broker of the settings, if there is one, for as long as the block lasts; yields its notes.

    Until the collection has caught up with the log as it was at the start, it is not known whether anything is to
    be collected, and the broker keeps what it has for us.
    """
    if settings.mqtt_broker is None:
        yield dict
        return

    def is_collecting() -> bool | None:
        try:
            return collection.collects(settings.account) if is_caught_up() else None
        except StoreUnavailable:
            return None

    feed = MqttFeed(
        settings.mqtt_broker,
        lambda events: store.record(settings.account, events),
        is_collecting,
        clock,
        Random(),  # noqa: S311 - it spreads attempts, and guards nothing
    )
    feed.start()
    try:
        yield lambda: {"presenceFeed": _note(feed)}
    finally:
        feed.stop()


def _note(feed: MqttFeed) -> dict[str, object]:
    """What anybody may know. The log has the broker's name, and what it said."""
    state = feed.state
    last = state.last_event_at
    return present(
        {
            "state": state.state,
            "problem": _problem(state),
            "recorded": state.recorded,
            "rejected": state.rejected,
            "dropped": state.dropped,
            "lastRecordedAt": last.isoformat() if last else None,
        }
    )


def _problem(state: FeedState) -> str | None:
    if state.problem is None:
        return None
    return "Events can't be recorded." if state.state == "connected" else "The broker is not connected."
