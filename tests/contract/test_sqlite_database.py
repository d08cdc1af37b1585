"""The adapter over SQLite keeps the contract, and what is said of SQLite in particular."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from events.errors import StoreUnavailable
from events.store.database import SqliteDatabase
from tests.contract.database_contract import PATIENCE, DatabaseContract

COUNT_TO_A_HUNDRED_THOUSAND = """
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 100000)
    SELECT count(*) FROM numbers
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "doors.sqlite"


@pytest.fixture
def database(path: Path) -> Iterator[SqliteDatabase]:
    opened = SqliteDatabase(path)
    yield opened
    opened.close()


class TestSqliteDatabase(DatabaseContract):
    @pytest.fixture
    def database(self, database: SqliteDatabase) -> SqliteDatabase:
        return database

    @pytest.fixture
    def another(self, path: Path) -> Iterator[SqliteDatabase]:
        opened = SqliteDatabase(path)
        yield opened
        opened.close()


class TestRebuildableSqliteDatabase(TestSqliteDatabase):
    @pytest.fixture
    def database(self, path: Path) -> Iterator[SqliteDatabase]:
        opened = SqliteDatabase(path, durable=False)
        yield opened
        opened.close()


def open_files(path: Path) -> int:
    """How often this process has the database open."""
    descriptors = Path("/proc/self/fd")
    return sum(os.path.realpath(each) == str(path) for each in descriptors.iterdir())


@pytest.mark.parametrize(("durable", "synchronous"), [(True, 2), (False, 1)], ids=["FULL", "NORMAL"])
def test_what_is_rebuilt_from_the_log_need_not_reach_the_disk_on_every_commit(path, durable, synchronous):
    database = SqliteDatabase(path, durable=durable)
    with database.transaction() as transaction:
        assert transaction.execute("PRAGMA synchronous") == [(synchronous,)]
    database.close()


def test_a_thread_that_ends_takes_its_connection_along(path, database):
    database.query("SELECT 1")
    before = open_files(path)

    for _ in range(20):
        thread = threading.Thread(target=database.query, args=("SELECT 1",))
        thread.start()
        thread.join(PATIENCE)

    assert before > 0
    assert open_files(path) <= before + 1  # SQLite keeps a descriptor to use again


def test_closing_closes_the_connections_of_all_threads(path, database):
    with ThreadPoolExecutor(3) as threads:
        begun = threading.Barrier(3)
        for each in [threads.submit(lambda: (begun.wait(PATIENCE), database.query("SELECT 1"))) for _ in range(3)]:
            each.result(PATIENCE)
        database.close()
        assert open_files(path) == 0


def test_a_query_that_meets_a_closing_is_answered_or_refused(path):
    for _ in range(20):
        database = SqliteDatabase(path)
        with ThreadPoolExecutor(1) as thread:
            thread.submit(database.query, "SELECT 1").result(PATIENCE)
            counting = thread.submit(database.query, COUNT_TO_A_HUNDRED_THOUSAND)
            database.close()
            refusal = counting.exception(PATIENCE)
        assert refusal is None or isinstance(refusal, StoreUnavailable)


def test_a_file_that_is_no_database_is_a_store_that_is_away(path):
    path.write_text("these are not the pages of a database" * 100)

    with pytest.raises(StoreUnavailable, match=r"doors\.sqlite: file is not a database"):
        SqliteDatabase(path)


def test_a_folder_that_is_not_there_is_a_store_that_is_away(tmp_path):
    with pytest.raises(StoreUnavailable, match="unable to open"):
        SqliteDatabase(tmp_path / "nowhere" / "doors.sqlite")


def test_a_file_that_another_process_does_not_let_go_is_a_store_that_is_away(path, database):
    with database.transaction() as transaction:
        transaction.execute("PRAGMA busy_timeout = 10")

    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="locked"), database.transaction():
            raise AssertionError("the transaction has begun")
        other.execute("ROLLBACK")

    with database.transaction() as transaction:
        transaction.execute("CREATE TABLE doors (name TEXT)")


def test_a_full_disk_is_a_store_that_is_away_and_rolls_back(database):
    with database.transaction() as transaction:
        transaction.execute("CREATE TABLE doors (name TEXT)")
        [(pages,)] = transaction.execute("PRAGMA page_count")
        transaction.execute(f"PRAGMA max_page_count = {pages + 2}")

    with pytest.raises(StoreUnavailable, match="full"), database.transaction() as transaction:
        transaction.execute_many("INSERT INTO doors VALUES (?)", [("a" * 1000,)] * 100)
    assert database.query("SELECT count(*) FROM doors") == [(0,)]

    with database.transaction() as transaction:
        transaction.execute("PRAGMA max_page_count = 1000000")
    with database.transaction() as transaction:
        transaction.execute_many("INSERT INTO doors VALUES (?)", [("a" * 1000,)] * 100)
    assert database.query("SELECT count(*) FROM doors") == [(100,)]
