"""A SQLite file that may be replaced keeps the contract of every database, and follows its path to the next."""

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from events.errors import StoreUnavailable
from events.store.replaceable_database import ReplaceableDatabase
from events.store.sqlite_aside import SqliteAside
from tests.contract.database_contract import PATIENCE, DatabaseContract
from tests.support.waiting import until


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "doors.sqlite"


def replace(path: Path, *names: str) -> None:
    """Put a file with these doors in the place of the present one."""
    with closing(SqliteAside(path)) as aside:
        database = aside.open()
        with database.transaction() as rows:
            rows.execute("CREATE TABLE doors (name TEXT PRIMARY KEY, width BIGINT)")
            rows.execute_many("INSERT INTO doors (name, width) VALUES (?, ?)", [(name, 1) for name in names])
        aside.settle()
        with aside.replacing() as rows:
            aside.replace(rows, ["doors"])
        aside.clear()


class TestReplaceableDatabase(DatabaseContract):
    @pytest.fixture
    def database(self, path: Path) -> Iterator[ReplaceableDatabase]:
        with closing(ReplaceableDatabase(path)) as opened:
            yield opened

    @pytest.fixture
    def another(self, path: Path) -> Iterator[ReplaceableDatabase]:
        with closing(ReplaceableDatabase(path)) as opened:
            yield opened

    def test_who_has_it_open_reads_and_writes_the_file_that_took_its_place(self, path, database, another):
        assert self.names(database) == self.names(another) == []

        for number in range(3):
            replace(path, f"door {number}")
            assert self.names(database) == self.names(another) == [f"door {number}"]
            with database.transaction() as rows:
                rows.execute("INSERT INTO doors (name, width) VALUES ('new', 1)")
            assert self.names(another) == [f"door {number}", "new"]

    def test_a_transaction_that_waited_for_the_replacement_is_of_the_new_file(self, path, database):
        begun, written = threading.Event(), threading.Event()

        def write() -> None:
            begun.set()
            with database.transaction() as rows:
                rows.execute("INSERT INTO doors (name, width) VALUES ('late', 1)")
            written.set()

        writer = threading.Thread(target=write)
        with closing(SqliteAside(path)) as aside:
            filled = aside.open()
            with filled.transaction() as filling:
                filling.execute("CREATE TABLE doors (name TEXT PRIMARY KEY, width BIGINT)")
            aside.settle()
            with aside.replacing() as rows:
                writer.start()
                assert begun.wait(PATIENCE)
                aside.replace(rows, ["doors"])
                assert not written.is_set()
            assert written.wait(PATIENCE)
            writer.join(PATIENCE)
        assert self.names(database) == ["late"]

    def test_threads_that_read_all_the_time_never_fail(self, path, database):
        replace(path, "the door")
        failures, readings = [], []
        stop = threading.Event()

        def read() -> None:
            while not stop.is_set():
                try:
                    readings.append(self.names(database))
                except BaseException as failure:
                    failures.append(failure)
                    raise

        threads = [threading.Thread(target=read) for _ in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(10):
            readings.clear()
            replace(path, "the door")
            until(lambda: readings or failures)
        stop.set()
        for thread in threads:
            thread.join(PATIENCE)
        assert failures == []
        assert {tuple(each) for each in readings} == {("the door",)}

    def test_of_files_that_were_replaced_none_stays(self, path, database):
        for _ in range(3):
            replace(path, "the door")
        database.query("SELECT 1 FROM doors")

        files = {each.name for each in path.parent.iterdir()}
        assert files - {"doors.3.sqlite-wal", "doors.3.sqlite-shm"} == {"doors.sqlite", "doors.3.sqlite"}

    def test_a_closed_one_stays_closed(self, path, database):
        database.close()
        replace(path, "the door")
        with pytest.raises(StoreUnavailable):
            database.query("SELECT 1 FROM doors")
