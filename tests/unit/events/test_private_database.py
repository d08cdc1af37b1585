"""A database of one object's own."""

import gc
import threading

import pytest

from events.errors import StoreUnavailable
from events.store.private_database import PrivateDatabase


@pytest.fixture
def database():
    made = PrivateDatabase()
    made.make(["CREATE TABLE doors (name TEXT PRIMARY KEY)", "CREATE INDEX doors_by_name ON doors (name)"])
    return made


def test_what_was_written_is_read_by_every_thread(database):
    with database.transaction() as rows:
        rows.execute_many("INSERT INTO doors (name) VALUES (?)", [("front",), ("back",)])
        assert rows.execute("SELECT count(*) FROM doors") == [(2,)]
    found = []
    thread = threading.Thread(target=lambda: found.extend(database.query("SELECT name FROM doors ORDER BY name")))
    thread.start()
    thread.join()
    assert found == [("back",), ("front",)]
    assert database.scan("SELECT name FROM doors WHERE name = ?", ("back",), columns=1) == [("back",)]


def test_nobody_else_sees_it(database):
    other = PrivateDatabase()
    other.make(["CREATE TABLE doors (name TEXT PRIMARY KEY)"])
    with database.transaction() as rows:
        rows.execute("INSERT INTO doors (name) VALUES ('front')")
    assert other.query("SELECT name FROM doors") == []


def test_a_closed_one_says_so(database):
    database.close()
    with pytest.raises(StoreUnavailable):
        database.query("SELECT 1")


def test_it_goes_with_its_object():
    made = PrivateDatabase()
    finalizer = made._finalizer
    del made
    gc.collect()
    assert not finalizer.alive
