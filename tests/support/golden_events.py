"""Golden files: what an event of each version looks like in the log, and what it must be read as for ever.

`python -m tests.support.golden_events` writes the file of every event that has none yet, from its example. It
never writes over one: what is in the log somewhere does not change.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eventsourcing.persistence import StoredEvent

from events.codec import EventMapper
from events.event import Event
from events.topics import TOPICS, UPCASTERS
from tests.support.example_events import EXAMPLES, STREAM

FOLDER = Path(__file__).parents[1] / "unit" / "events" / "golden"


@dataclass(frozen=True)
class GoldenEvent:
    """One golden file."""

    topic: str
    stored: str
    """The event's state in the log, as text."""
    class_name: str
    """Of the class that it is read as."""
    fields: dict[str, Any]
    """What it is read as: the `repr` of each field, so that types count."""

    def as_stored_event(self) -> StoredEvent:
        return StoredEvent(STREAM, 1, self.topic, self.stored.encode())


def golden_events() -> list[GoldenEvent]:
    return [
        GoldenEvent(path.stem, **json.loads(path.read_text(encoding="utf-8")))
        for path in sorted(FOLDER.glob("*.json"))
    ]


def fields_of(event: Event) -> dict[str, str]:
    return {
        name: repr(value)
        for name, value in vars(event).items()
        if name not in {"originator_id", "originator_version"}
    }


def write_missing() -> None:
    mapper = EventMapper(TOPICS, UPCASTERS)
    for event in EXAMPLES:
        path = FOLDER / f"{event.TOPIC}.json"
        if not path.exists():
            golden = {
                "stored": mapper.to_stored_event(event).state.decode(),
                "class_name": type(event).__name__,
                "fields": fields_of(event),
            }
            path.write_text(json.dumps(golden, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_missing()
