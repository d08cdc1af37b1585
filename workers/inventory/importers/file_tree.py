"""Files under the paths that a person names, whatever lies there."""

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from workers.inventory.importers.rejection import Rejection

CHUNK = 256 * 1024
"""Bytes that are read at a time."""

NO_FILE = "a pipe, a socket or a device, not a file"

Directory = tuple[int, int]
"""A directory, however it is reached: its device and its inode."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A regular file, and how many bytes it had when it was found."""

    path: Path
    size: int


def files_under(paths: Iterable[Path]) -> Iterator[FoundFile | Rejection]:
    """The files at and under `paths`, each directory's in the order of their names.

    Symbolic links are followed, and no directory is read twice. What can't be read, or is neither a file nor a
    directory, is rejected with its path. So are a directory in `paths` with no file in it, and a link that leads
    back to a directory in which it lies.
    """
    seen: set[Directory] = set()
    for path in paths:
        seen_before, is_empty = len(seen), True
        for found in _walk(path, seen):
            is_empty = False
            yield found
        if is_empty and len(seen) > seen_before:
            yield Rejection("a directory without files", path=printable(path))


def chunks_of(path: Path) -> Iterator[bytes]:
    """The contents of a file, piece by piece; raises OSError, also when it is no regular file any more."""
    # Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(NO_FILE)
        while chunk := file.read(CHUNK):
            yield chunk


def printable(path: Path) -> str:
    """The path as text that can be written anywhere, also when its bytes are not UTF-8."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def reason_of(error: OSError | ValueError) -> str:
    """What the operating system had against it."""
    return (isinstance(error, OSError) and error.strerror) or str(error)


def _walk(root: Path, seen: set[Directory]) -> Iterator[FoundFile | Rejection]:
    """Depth first, without recursion: a tree may be deeper than Python's stack."""
    branch: dict[Directory | None, Iterator[Path]] = {None: iter([root])}
    while branch:
        deepest = next(reversed(branch))
        path = next(branch[deepest], None)
        if path is None:
            del branch[deepest]
            continue
        try:
            status = path.stat()
            directory = (status.st_dev, status.st_ino)
            if stat.S_ISREG(status.st_mode):
                yield FoundFile(path, status.st_size)
            elif not stat.S_ISDIR(status.st_mode):
                yield Rejection(NO_FILE, path=printable(path))
            elif directory in branch:
                yield Rejection("a link to a directory in which it lies", path=printable(path))
            elif directory not in seen:
                branch[directory] = _entries(path)
                seen.add(directory)
        except (OSError, ValueError) as error:
            yield Rejection(reason_of(error), path=printable(path))


def _entries(directory: Path) -> Iterator[Path]:
    with os.scandir(directory) as entries:
        names = sorted(entry.name for entry in entries)
    # A path at a time: a directory may have a million entries.
    return (directory / name for name in names)
