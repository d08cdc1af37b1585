"""Presence events from a stream of NDJSON, recorded as far as they are wanted."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from events.vocabulary import AccountId
from workers.inventory.importers.lines import numbered_lines
from workers.inventory.importers.ndjson import BYTE_ORDER_MARK
from workers.inventory.importers.rejection import Rejection, Rejections, shortened
from workers.presence.collection import PresenceCollection
from workers.presence.presence_event import PresenceEvent, PresenceEventRejected, parse_presence_event
from workers.presence.store import PresenceStore

LONGEST_LINE = 64 * 1024
"""Bytes. An event has some hundred."""

EVENTS_A_RECORDING = 1_000

PATIENCE = 5.0
"""Seconds to wait until it is known whether anything is to be collected: who enables a check and then sends
events finds them collected."""

BETWEEN_LOOKS = 0.02


@dataclass
class PresenceReport:
    """What became of a stream."""

    is_collecting: bool
    recorded: int = 0
    """Events that told something."""
    repeated: int = 0
    """Events that told nothing new."""
    ignored: int = 0
    """Events that nobody wants: no check that is enabled needs them."""
    rejected: int = 0
    """Lines that are no presence events."""
    rejections: tuple[Rejection, ...] = ()
    """The first of them, at most `REJECTIONS_KEPT`."""


class PresenceIntake:
    """Takes in streams, several at once if need be."""

    def __init__(
        self,
        store: PresenceStore,
        collection: PresenceCollection,
        end_of_log: Callable[[], int],
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        """`end_of_log` is asked for the log's last position, which the collection follows."""
        self._store = store
        self._collection = collection
        self._end_of_log = end_of_log
        self._wait = wait

    def take(self, account: AccountId, chunks: Iterable[bytes]) -> PresenceReport:
        """Record the events of a stream that comes in chunks of any size, in bounded memory however long it is.

        An exception from `chunks` leaves what was recorded before; sending it all again does no harm. A stream
        without events tells that a source is there and has nothing to tell. Raise StoreUnavailable.
        """
        self._await_decision()
        report = PresenceReport(self._collection.collects(account))
        rejections = Rejections()
        if report.is_collecting:
            self._store.record(account, [])
        for batch in _batches(chunks, rejections):
            report.is_collecting = self._collection.collects(account)
            if report.is_collecting:
                recording = self._store.record(account, batch)
                report.recorded += recording.news
                report.repeated += recording.repeats
            else:
                report.ignored += len(batch)
        report.rejected, report.rejections = rejections.count, tuple(rejections.first)
        return report

    def _await_decision(self) -> None:
        position = self._end_of_log()
        for _ in range(round(PATIENCE / BETWEEN_LOOKS)):
            if self._collection.position() >= position:
                return
            self._wait(BETWEEN_LOOKS)


def _batches(chunks: Iterable[bytes], rejections: Rejections) -> Iterator[list[PresenceEvent]]:
    batch: list[PresenceEvent] = []
    for number, line in numbered_lines(chunks, LONGEST_LINE):
        if line is None:
            rejections.add(Rejection(f"longer than {LONGEST_LINE:,} bytes", line=number))
            continue
        text = line.removeprefix(BYTE_ORDER_MARK).strip()
        if not text:
            continue
        try:
            batch.append(parse_presence_event(text))
        except PresenceEventRejected as rejected:
            rejections.add(Rejection(shortened(rejected), line=number))
        if len(batch) == EVENTS_A_RECORDING:
            yield batch
            batch = []
    if batch:
        yield batch
