import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from workers.inventory.importers.file_tree import NO_FILE, FoundFile, chunks_of, files_under
from workers.inventory.importers.rejection import Rejection

NOBODY = 65534


@contextmanager
def without_privileges() -> Iterator[None]:
    """Nobody's rights, for a user who may read everything; others have no more than their own."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A directory to be in, so that its files have short names; anybody may enter it."""
    tmp_path.chmod(0o755)
    monkeypatch.chdir(tmp_path)

    def write(*names):
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name)

    return write


def under(*paths):
    return [
        (item.path, item.reason) if isinstance(item, Rejection) else str(item.path)
        for item in files_under(map(Path, paths))
    ]


def test_files_come_in_the_order_of_their_names(tree):
    tree("b/2", "b/1", "b/a/9", "a", "c/z/y/x")
    assert under("c", "a", "b") == ["c/z/y/x", "a", "b/1", "b/2", "b/a/9"]


def test_a_file_has_its_size(tree):
    tree("four")
    assert list(files_under([Path("four")])) == [FoundFile(Path("four"), 4)]


def test_a_path_where_nothing_is_is_rejected_and_the_rest_is_read(tree):
    tree("a")
    assert under("nothing", "a") == [("nothing", "No such file or directory"), "a"]


def test_an_empty_directory_is_rejected_if_somebody_named_it(tree):
    Path("empty/inner").mkdir(parents=True)
    tree("full/a")
    Path("full/inner").mkdir()
    assert under("empty", "full") == [("empty", "a directory without files"), "full/a"]


def test_a_directory_that_can_not_be_read_is_rejected_and_the_rest_is_read(tree):
    tree("fleet/1", "fleet/locked/2", "fleet/3")
    Path("fleet/locked").chmod(0)
    try:
        with without_privileges():
            found = under("fleet")
    finally:
        Path("fleet/locked").chmod(0o755)
    assert found == ["fleet/1", "fleet/3", ("fleet/locked", "Permission denied")]


def test_a_file_that_can_not_be_read_says_so(tree):
    tree("secret")
    Path("secret").chmod(0)
    with without_privileges(), pytest.raises(PermissionError):
        next(chunks_of(Path("secret")))


def test_links_are_followed(tree):
    tree("elsewhere/1", "elsewhere/2", "fleet/3")
    Path("fleet/all").symlink_to("../elsewhere")
    Path("fleet/one").symlink_to("../elsewhere/1")
    assert under("fleet") == ["fleet/3", "fleet/all/1", "fleet/all/2", "fleet/one"]


def test_no_directory_is_read_twice(tree):
    tree("fleet/inner/1")
    Path("fleet/same").symlink_to("inner")
    assert under("fleet", "fleet/inner", "fleet") == ["fleet/inner/1"]


def test_links_that_lead_in_circles_are_rejected(tree):
    tree("fleet/inner/1")
    Path("fleet/inner/back").symlink_to("..")
    Path("fleet/self").symlink_to("self")
    assert under("fleet") == [
        "fleet/inner/1",
        ("fleet/inner/back", "a link to a directory in which it lies"),
        ("fleet/self", "Too many levels of symbolic links"),
    ]


def test_pipes_sockets_and_devices_are_rejected_and_not_waited_for(tree):
    tree("fleet/file")
    os.mkfifo("fleet/pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("fleet/socket")
        assert under("fleet", "/dev/zero") == [
            "fleet/file",
            ("fleet/pipe", NO_FILE),
            ("fleet/socket", NO_FILE),
            ("/dev/zero", NO_FILE),
        ]


def test_a_file_that_has_become_a_pipe_meanwhile_is_not_waited_for(tree):
    os.mkfifo("pipe")
    with pytest.raises(OSError, match="not a file"):
        next(chunks_of(Path("pipe")))


def test_a_name_that_is_not_utf_8_can_be_printed(tree):
    os.mkfifo(b"pipe-\xff")
    [rejection] = files_under([Path(os.fsdecode(b"pipe-\xff"))])
    assert isinstance(rejection, Rejection)
    assert rejection.path == "pipe-\\xff"
    assert str(rejection).encode() == f"pipe-\\xff: {NO_FILE}".encode()


def test_a_path_that_no_file_can_have_is_rejected(tree):
    [(path, reason)] = under("a\0b")
    assert path == "a\0b"
    assert "null" in reason


@pytest.fixture
def deep(tree):
    """A tree of more levels than Python's stack has, taken down again, since `rmtree` can't do that either."""
    levels = ["d" + "/d" * depth for depth in range(1_500)]
    for level in levels:
        Path(level).mkdir()
    yield Path(levels[-1])
    for level in reversed(levels):
        Path(level).rmdir()


def test_a_tree_may_be_deeper_than_pythons_stack(deep):
    os.mkfifo(deep / "pipe")
    found = under("d")
    (deep / "pipe").unlink()
    assert found == [(str(deep / "pipe"), NO_FILE)]
