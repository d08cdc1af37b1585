"""Archives of audits: a compressed NDJSON file each, with every event of an audit as it was stored.

A line is an event: its place in the log, its stream and version, its topic, its state byte for byte (base64) and
the SHA-256 of that. The digest of an archive is the SHA-256 of its lines, which says the same however they are
compressed. A file is whole or is not there: it is written under another name, brought to the disk, then renamed.
"""

import base64
import gzip
import hashlib
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import orjson

from events.errors import StoreUnavailable
from events.log import EventAsStored
from events.vocabulary import AccountId, TaskId

SUFFIX = ".ndjson.gz"


class ArchiveUnavailable(StoreUnavailable):
    """An archive can't be written: its directory is gone, full, or not ours."""


@dataclass(frozen=True)
class Written:
    """An archive that is on the disk."""

    file_name: str
    """Below the directory."""
    sha256: str
    events: int
    first_position: int
    last_position: int


def archive_name(account: AccountId, task_id: TaskId) -> str:
    """Where an audit's archive lies below the directory."""
    return f"{account}/{task_id}{SUFFIX}"


def line_of(event: EventAsStored) -> bytes:
    """An event as a line of an archive."""
    return orjson.dumps(
        {
            "position": event.position,
            "stream": str(event.stream),
            "version": event.version,
            "topic": event.topic,
            "state": base64.b64encode(event.state).decode(),
            "stateSha256": hashlib.sha256(event.state).hexdigest(),
            "accountId": event.account_id,
            "recordedAt": event.recorded_at,
            "eventId": str(event.event_id),
        },
        option=orjson.OPT_APPEND_NEWLINE,
    )


def write_archive(
    directory: Path, name: str, streams: Iterable[list[EventAsStored]], is_whole: Callable[[], bool]
) -> Written | None:
    """Write an archive, and return when it is on the disk; raise ArchiveUnavailable.

    `is_whole` is asked when everything has been read, whether it was all: None if it was not, and no archive is
    written. The same events make the same lines, so an archive that is there already may be written once more.
    """
    path = directory / name
    unfinished = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        path.parent.mkdir(exist_ok=True)
        for left_behind in path.parent.glob(f".{path.name}.*.part"):
            left_behind.unlink(missing_ok=True)
        written = _write(unfinished, name, streams)
        if not is_whole():
            unfinished.unlink()
            return None
        unfinished.replace(path)
        for changed in (path.parent, directory):
            _sync(changed)
    except OSError as error:
        raise ArchiveUnavailable(f"The archive {name} can't be written: {error.strerror}") from error
    return written


def _write(path: Path, name: str, streams: Iterable[list[EventAsStored]]) -> Written:
    digest, positions = hashlib.sha256(), []
    with path.open("xb") as file:
        with gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0) as compressed:
            for event in (event for stream in streams for event in stream):
                line = line_of(event)
                digest.update(line)
                compressed.write(line)
                positions.append(event.position)
        file.flush()
        os.fsync(file.fileno())
    return Written(name, digest.hexdigest(), len(positions), min(positions, default=0), max(positions, default=0))


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
