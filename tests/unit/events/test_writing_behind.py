"""What writes in a thread of its own leaves what its caller said, in the caller's order."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from sqlite3 import IntegrityError
from threading import Event, get_ident

import pytest

from events.store.database import SqliteDatabase, Transaction
from events.store.writing_behind import FEW_ROWS, MOST_WAITING, WritingBehind

PATIENCE = 30.0
MANY = FEW_ROWS + 1

INSERT = "INSERT INTO doors (number, name) VALUES (?, ?)"
COUNT = "SELECT count(*) FROM doors"


class GatedDatabase:
    """A database that runs a statement for many rows only when it is let."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._database = database
        self.query, self.scan = database.query, database.scan
        self.prepare, self.close = database.prepare, database.close
        self.let = Event()
        self.threads: set[int] = set()

    @contextmanager
    def transaction(self) -> Iterator["GatedDatabase"]:
        with self._database.transaction() as self._rows:
            yield self

    def execute(self, sql, parameters=()):
        return self._rows.execute(sql, parameters)

    def execute_many(self, sql, rows):
        assert self.let.wait(PATIENCE)
        self.threads.add(get_ident())
        self._rows.execute_many(sql, rows)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[SqliteDatabase]:
    with closing(SqliteDatabase(tmp_path / "doors.sqlite")) as opened:
        with opened.transaction() as rows:
            rows.execute("CREATE TABLE doors (number BIGINT PRIMARY KEY, name TEXT NOT NULL)")
        yield opened


@pytest.fixture
def writing(database: SqliteDatabase) -> Iterator[WritingBehind]:
    with closing(WritingBehind(database)) as opened:
        yield opened


def doors(first: int, count: int = MANY) -> list[tuple[int, str]]:
    return [(number, "closed") for number in range(first, first + count)]


def test_the_caller_goes_on_while_rows_are_written(database):
    gated = GatedDatabase(database)
    with closing(WritingBehind(gated)) as writing:
        with writing.transaction() as rows:
            rows.execute_many(INSERT, doors(0))
        assert not gated.threads

        gated.let.set()

        assert writing.query(COUNT) == [(MANY,)]
    assert get_ident() not in gated.threads


@pytest.mark.parametrize("count", [1, FEW_ROWS, MANY])
def test_statements_are_run_in_their_order(writing, count):
    with writing.transaction() as rows:
        for number in range(3 * MOST_WAITING):
            rows.execute_many(INSERT, doors(number * MANY, count))
            rows.execute_many("UPDATE doors SET name = ? WHERE number = ?", [("open", number * MANY)])
            opened = [(name,) for name in ["open"] + ["closed"] * (count - 1)]
            found = "SELECT name FROM doors WHERE number >= ? ORDER BY number"
            assert rows.execute(found, (number * MANY,)) == opened


def test_many_transactions_follow_one_another(writing):
    for number in range(3 * MOST_WAITING):
        with writing.transaction() as rows:
            rows.execute_many(INSERT, doors(number * MANY))
    assert writing.query(COUNT) == [(3 * MOST_WAITING * MANY,)]


def test_what_fails_is_raised_later_and_its_transaction_rolled_back(writing, database):
    with writing.transaction() as rows:
        rows.execute_many(INSERT, doors(0))
        rows.execute_many(INSERT, doors(0))
        rows.execute_many(INSERT, doors(1000))
    with pytest.raises(IntegrityError):
        writing.wait()
    assert database.query(COUNT) == [(0,)]


def test_what_fails_is_raised_to_who_asks_in_the_same_transaction(writing, database):
    def ask(rows: Transaction) -> None:
        rows.execute_many(INSERT, doors(0))
        rows.execute_many(INSERT, doors(0))
        rows.execute(COUNT)

    with pytest.raises(IntegrityError), writing.transaction() as rows:
        ask(rows)
    assert database.query(COUNT) == [(0,)]


def test_an_exception_of_the_caller_rolls_back(writing, database):
    def fail(rows: Transaction) -> None:
        rows.execute_many(INSERT, doors(0))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), writing.transaction() as rows:
        fail(rows)
    assert database.query(COUNT) == [(0,)]
    with writing.transaction() as rows:
        rows.execute_many(INSERT, doors(0))
    assert writing.query(COUNT) == [(MANY,)]


def test_a_transaction_that_can_not_begin_raises(writing, database):
    database.close()
    with pytest.raises(Exception, match="closed"), writing.transaction():
        raise AssertionError("it has begun")


def test_what_was_handed_over_is_written_before_the_end(writing, database):
    with writing.transaction() as rows:
        rows.execute_many(INSERT, doors(0))
    writing.close()
    assert database.query(COUNT) == [(MANY,)]
