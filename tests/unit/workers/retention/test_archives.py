"""An archive that is written is read as what it is, and one that was changed is told from it."""

import gzip
from pathlib import Path
from uuid import UUID, uuid4

import orjson
import pytest

from events.log import EventAsStored
from events.vocabulary import AccountId, TaskId
from workers.retention.archive import archive_name, write_archive
from workers.retention.archive_reading import ArchiveDamaged, archives_in, read_archive

ACCOUNT, TASK = AccountId("000000000000"), TaskId("a" * 32)
NAME = archive_name(ACCOUNT, TASK)
STREAM, OTHER = uuid4(), uuid4()


def event(position: int, stream: UUID, version: int) -> EventAsStored:
    return EventAsStored(position, stream, version, "Door.Opened.v1", bytes(range(256)), ACCOUNT, 1, uuid4())


STREAMS = [[event(5, STREAM, 1), event(9, STREAM, 2)], [event(7, OTHER, 1)]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write_archive(tmp_path, NAME, STREAMS, is_whole=lambda: True)
    return tmp_path / NAME


def lines(path: Path) -> list[bytes]:
    return gzip.decompress(path.read_bytes()).splitlines(keepends=True)


def write(path: Path, lines: list[bytes]) -> None:
    path.write_bytes(gzip.compress(b"".join(lines)))


def test_what_was_written_is_read(tmp_path, path):
    written = write_archive(tmp_path, NAME, STREAMS, is_whole=lambda: True)
    [found] = archives_in(tmp_path)
    read = read_archive(found)

    assert written is not None
    assert (read.account, read.task_id) == (ACCOUNT, TASK)
    assert (read.events, read.first_position, read.last_position) == (3, 5, 9)
    assert (written.file_name, written.sha256, written.events) == (NAME, read.sha256, 3)
    assert (written.first_position, written.last_position) == (5, 9)
    assert [file.name for file in tmp_path.rglob("*") if file.is_file()] == [path.name]


def test_the_digest_does_not_depend_on_how_it_was_compressed(path):
    before = read_archive(path).sha256
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()), compresslevel=1))

    assert read_archive(path).sha256 == before


def test_an_archive_that_is_cut_off_is_damaged(path):
    path.write_bytes(path.read_bytes()[:-20])

    with pytest.raises(ArchiveDamaged, match="can't be read"):
        read_archive(path)


def test_a_changed_state_is_damage(path):
    first, *others = lines(path)
    changed = orjson.loads(first) | {"state": "AAAA"}
    write(path, [orjson.dumps(changed) + b"\n", *others])

    with pytest.raises(ArchiveDamaged, match="line 1: its state has another digest"):
        read_archive(path)


def test_a_missing_event_is_damage(path):
    write(path, lines(path)[1:])

    with pytest.raises(ArchiveDamaged, match="line 1: an event of its stream is missing"):
        read_archive(path)


@pytest.mark.parametrize("line", [b"[]\n", b"{}\n", b"\xff\n", b"no\n"])
def test_what_is_no_event_is_damage(path, line):
    write(path, [line])

    with pytest.raises(ArchiveDamaged, match="line 1: it is no event"):
        read_archive(path)


def test_an_empty_one_and_one_that_is_no_archive_are_damaged(path):
    write(path, [])
    with pytest.raises(ArchiveDamaged, match="no event"):
        read_archive(path)
    path.write_bytes(b"something else")
    with pytest.raises(ArchiveDamaged, match="can't be read"):
        read_archive(path)
