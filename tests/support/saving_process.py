"""What a writing process does to a log in PostgreSQL: it saves, as fast as it can, to streams of its own."""

from multiprocessing.synchronize import Barrier
from random import Random
from uuid import uuid4

from events.codec import StoredEvent
from events.store.postgresql import open_postgresql_recorder

PATIENCE = 90.0
MOST_EVENTS = 5


def save_again_and_again(url: str, writer: int, saves: int, at_once: Barrier) -> None:
    """Save so many times, some events each. Their `recorded_at` says which save of this writer's they are of."""
    recorder, dice = open_postgresql_recorder(url), Random(writer)
    at_once.wait(PATIENCE)
    for save in range(saves):
        stream = uuid4()
        recorder.insert_events(
            [
                StoredEvent(stream, version, f"Writer{writer}.v1", b"%d" % save, "000000000000", save, uuid4())
                for version in range(1, 2 + dice.randrange(MOST_EVENTS))
            ]
        )
    recorder.close()
