"""Reads archives of audits, and finds out whether they are what they were."""

import base64
import gzip
import hashlib
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from events.vocabulary import AccountId, TaskId
from workers.retention.archive import SUFFIX


class ArchiveDamaged(Exception):  # noqa: N818 - the state of a file
    """A file is no archive, or not all of it is as it was written. The text says what is wrong."""


class Line(msgspec.Struct, rename="camel"):
    """An event of an archive."""

    position: int
    stream: str
    version: int
    topic: str
    state: str
    state_sha256: str


@dataclass(frozen=True)
class Archive:
    """What an archive holds, whose lines have the digests that they say."""

    account: AccountId
    task_id: TaskId
    sha256: str
    events: int
    first_position: int
    last_position: int


def archives_in(directory: Path) -> list[Path]:
    """The archives below a directory, in the order of their names."""
    return sorted(directory.glob(f"*/*{SUFFIX}"))


def read_archive(path: Path) -> Archive:
    """Read an archive to its end and check every digest in it; raise ArchiveDamaged."""
    digest, positions = hashlib.sha256(), []
    versions: Counter[str] = Counter()
    try:
        for number, line in enumerate(_lines(path), 1):
            digest.update(line)
            event = _checked(line, number)
            versions[event.stream] += 1
            if event.version != versions[event.stream]:
                raise ArchiveDamaged(f"line {number}: an event of its stream is missing before it")
            positions.append(event.position)
    except (OSError, EOFError, zlib.error) as error:
        raise ArchiveDamaged(f"it can't be read: {error}") from error
    if not positions:
        raise ArchiveDamaged("there is no event in it")
    account, task_id = AccountId(path.parent.name), TaskId(path.name.removesuffix(SUFFIX))
    return Archive(account, task_id, digest.hexdigest(), len(positions), min(positions), max(positions))


def _lines(path: Path) -> Iterator[bytes]:
    with gzip.open(path) as file:
        yield from file


def _checked(line: bytes, number: int) -> Line:
    try:
        event = msgspec.json.decode(line, type=Line)
        state = base64.b64decode(event.state, validate=True)
    except ValueError as error:
        raise ArchiveDamaged(f"line {number}: it is no event: {error}") from error
    if hashlib.sha256(state).hexdigest() != event.state_sha256:
        raise ArchiveDamaged(f"line {number}: its state has another digest")
    return event
