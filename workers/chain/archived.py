"""Events that left the log for an archive: which these may be, and whether the archives still have them."""

import base64
import gzip
import hashlib
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from uuid import UUID

import orjson
from eventsourcing.persistence import StoredEvent

from events.audit_archive import ArchiveSummary, AuditTaskArchived
from events.codec import EventMapper, UnreadableEvent
from events.proof.leaf import Columns, hash_of
from events.topics import TOPICS, UPCASTERS
from workers.chain.finding import Findings, Kind
from workers.chain.store import Chain, Tile
from workers.retention.archive_reading import archives_in
from workers.retention.kept_audits import EndedAudit
from workers.retention.retirement import streams_of

TOPIC = AuditTaskArchived.TOPIC.encode()


class Archived:
    """Knows from the log what was archived."""

    def __init__(self) -> None:
        self._mapper = EventMapper(TOPICS, UPCASTERS)
        self.summaries: list[ArchiveSummary] = []
        self._archive_of: dict[bytes, int] = {}
        """For a stream, the number of its archive."""

    def note(self, row: Columns) -> None:
        """Look at a row of the log, of the topic above."""
        _, stream, version, topic, state, *_ = row
        try:
            event = self._mapper.to_domain_event(
                StoredEvent(UUID(bytes=bytes(stream)), int(version), bytes(topic).decode(), bytes(state))
            )
        except (UnreadableEvent, ValueError):
            return
        if isinstance(event, AuditTaskArchived):
            streams = streams_of(EndedAudit(event.account, event.task_id, {}), event.summary)
            self._archive_of.update({each.bytes: len(self.summaries) for each in streams})
            self.summaries.append(event.summary)

    def has(self, stream: bytes) -> bool:
        """Whether the events of a stream may be missing in the log."""
        return stream in self._archive_of

    def require_no_more(self, missing: Mapping[bytes, int], findings: Findings) -> int:
        """Tell of archives of which more is missing in the log than was archived; return how many events are not.

        `missing` has the number of missing events by stream.
        """
        by_archive: Counter[int] = Counter()
        for stream, events in missing.items():
            if stream in self._archive_of:
                by_archive[self._archive_of[stream]] += events
        for number, events in by_archive.items():
            summary = self.summaries[number]
            if events > summary.events:
                findings.add(
                    Kind.REMOVED,
                    f"{events - summary.events} events more than the {summary.events} that were archived in"
                    f" {summary.file_name} are missing",
                )
        return by_archive.total()


def compare_archives(directory: Path, summaries: list[ArchiveSummary], chain: Chain, findings: Findings) -> int:
    """Compare archives with what was chained; return how many of their events are as they were."""
    return sum(_compare(directory / summary.file_name, summary, chain, findings) for summary in summaries)


def _compare(path: Path, summary: ArchiveSummary, chain: Chain, findings: Findings) -> int:
    digest, valid, tile = hashlib.sha256(), 0, None
    try:
        for line in _lines(path):
            digest.update(line)
            row = _row(line)
            tile = _tile(int(row[0]), tile, chain)
            if tile is not None and hash_of(row) == tile.hash_at(int(row[0])):
                valid += 1
            else:
                text = f"the event in {summary.file_name} is not what was chained"
                findings.add(Kind.ARCHIVE_CHANGED, text, int(row[0]))
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError) as error:
        findings.add(Kind.ARCHIVE_CHANGED, f"{summary.file_name} can't be read: {error}")
        return valid
    if digest.hexdigest() != summary.sha256:
        findings.add(Kind.ARCHIVE_CHANGED, f"{summary.file_name} has not the digest that the log says")
    return valid


def row_in_archives(directory: Path, position: int) -> Columns | None:
    """The event of a position, if an archive has it. Every archive is looked into until one has."""
    for path in archives_in(directory):
        try:
            for line in _lines(path):
                row = _row(line)
                if row[0] == position:
                    return row
        except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError):
            continue  # what is wrong with it, a verification tells
    return None


def _lines(path: Path) -> Iterator[bytes]:
    with gzip.open(path) as file:
        yield from file


def _tile(position: int, last: Tile | None, chain: Chain) -> Tile | None:
    if last is not None and last.leaf(0).position <= position <= last.leaf(-1).position:
        return last
    return chain.tile_of(position)


def _row(line: bytes) -> Columns:
    """The columns of an archived event, as the log had them."""
    said = orjson.loads(line)
    return (
        int(said["position"]),
        UUID(said["stream"]).bytes,
        int(said["version"]),
        said["topic"].encode(),
        base64.b64decode(said["state"], validate=True),
        said["accountId"].encode(),
        int(said["recordedAt"]),
        UUID(said["eventId"]).bytes,
    )
