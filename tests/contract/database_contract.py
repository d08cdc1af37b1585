"""What every database adapter promises.

A test class derives from this and gives a `database`, and `another` adapter over the same store.
"""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from events.errors import StoreUnavailable
from events.store.database import Database, Schema
from events.store.schema import SchemaTooNew, Steps

PATIENCE = 30.0


class DatabaseContract:
    @pytest.fixture
    def database(self) -> Database:
        raise AssertionError("a test class gives its database")

    @pytest.fixture
    def another(self) -> Database:
        raise AssertionError("a test class gives another adapter over the same store")

    @pytest.fixture(autouse=True)
    def doors(self, database: Database) -> None:
        with database.transaction() as transaction:
            transaction.execute("CREATE TABLE doors (name TEXT PRIMARY KEY, width BIGINT)")

    def migrate(self, database: Database, schema: Schema) -> None:
        """What an operator does before a store may be opened; nothing, where the database does it by itself."""

    def names(self, database: Database) -> list[str]:
        return [name for (name,) in database.query("SELECT name FROM doors ORDER BY name")]

    def test_what_a_transaction_wrote_is_there_after_it(self, database):
        with database.transaction() as transaction:
            transaction.execute("INSERT INTO doors VALUES (?, ?)", ("front", 900))

        assert database.query("SELECT name, width FROM doors") == [("front", 900)]

    def test_a_transaction_reads_what_it_wrote(self, database):
        with database.transaction() as transaction:
            transaction.execute("INSERT INTO doors VALUES (?, ?)", ("front", 900))
            assert transaction.execute("SELECT width FROM doors WHERE name = ?", ("front",)) == [(900,)]

    def test_one_statement_is_run_for_many_rows(self, database):
        with database.transaction() as transaction:
            transaction.execute_many("INSERT INTO doors VALUES (?, ?)", ((str(n), n) for n in range(1000)))

        assert database.query("SELECT count(*), sum(width) FROM doors") == [(1000, 499500)]

    @pytest.mark.parametrize("count", [0, 1, 249, 250, 251, 503, 2001])
    def test_an_insert_is_run_for_any_number_of_rows(self, database, count):
        with database.transaction() as transaction:
            transaction.execute_many("INSERT INTO doors VALUES (?, ?)", [(f"?{n}'", None) for n in range(count)])

        assert sorted(self.names(database)) == sorted(f"?{n}'" for n in range(count))

    def test_a_change_and_a_deletion_are_run_for_many_rows(self, database):
        with database.transaction() as transaction:
            transaction.execute_many("INSERT INTO doors VALUES (?, ?)", ((f"{n}'%s?", n) for n in range(1000)))
            changes = ((-n, f"{n}'%s?") for n in range(1000))
            transaction.execute_many("UPDATE doors SET width = ? WHERE name = ? AND name <> '?'", changes)
            transaction.execute_many("DELETE FROM doors WHERE width = ?", ([-n] for n in range(990)))

        assert database.query("SELECT count(*), max(width) FROM doors") == [(10, -990)]

    def test_many_rows_may_be_none_and_may_lack_values(self, database):
        with database.transaction() as transaction:
            transaction.execute_many("INSERT INTO doors VALUES (?, ?)", [])
            transaction.execute_many("INSERT INTO doors (name, width) VALUES (?, ?)", [("a", None), ("b", 1)])
            again = [("a", 2), ("a", 3), ("c", None)]
            transaction.execute_many("INSERT INTO doors VALUES (?, ?) ON CONFLICT DO NOTHING", again)

        rows = [("a", None), ("b", 1), ("c", None)]
        assert database.query("SELECT name, width FROM doors ORDER BY name") == rows

    def test_texts_are_ordered_by_code_points_as_python_orders_them(self, database):
        names = ["a", "B", "_", "b:10", "b:9", "\u00e4", "z", "-", "Z"]
        with database.transaction() as transaction:
            transaction.execute_many("INSERT INTO doors VALUES (?, 0)", ([name] for name in names))

        assert self.names(database) == sorted(names)

    def test_octets_and_flags_come_back_as_they_were(self, database):
        octets = bytes(range(256)) * 300
        with database.transaction() as transaction:
            transaction.execute("CREATE TABLE keys (shape BYTEA, is_lost INTEGER)")
            transaction.execute("INSERT INTO keys VALUES (?, ?)", (octets, True))
            transaction.execute_many("INSERT INTO keys VALUES (?, ?)", [(octets, False)] * 2)

        found = database.query("SELECT shape, is_lost FROM keys ORDER BY is_lost DESC")
        assert [(bytes(shape), is_lost) for shape, is_lost in found] == [(octets, 1), (octets, 0), (octets, 0)]

    def test_a_store_prepares_its_tables_once(self, database, another):
        for _ in range(2):
            for each in (database, another):
                self.migrate(each, Steps("locks", {"first": ["CREATE TABLE locks (name TEXT)"]}))
                each.prepare(Steps("locks", {"first": ["CREATE TABLE locks (name TEXT)"]}))
        grown = Steps("locks", {"first": ["CREATE TABLE locks (name TEXT)"], "more": ["DROP TABLE locks"]})
        self.migrate(database, grown)
        another.prepare(grown)

        with pytest.raises(SchemaTooNew, match="locks was written by a newer version"):
            another.prepare(Steps("locks", {"first": []}))
        with pytest.raises(Exception, match="locks"):
            database.query("SELECT * FROM locks")

    def test_a_scan_returns_what_a_query_does(self, database):
        rows = [
            ("\"quoted\" \\ 'text' \n ? % \u00e9 \U0001f512", 2**63 - 1),
            ("[1, 2]", None),
            ("", -1),
            ("null", 0),
        ]
        with database.transaction() as transaction:
            transaction.execute_many("INSERT INTO doors VALUES (?, ?)", rows)

        sql = "SELECT width, name FROM doors WHERE name <> ? ORDER BY name DESC LIMIT 100"
        assert database.scan(sql, ("none",), columns=2) == database.query(sql, ("none",))
        assert database.scan("SELECT name FROM doors WHERE width > 7 AND width < 9", columns=1) == []

    def test_an_insert_can_give_way_to_the_row_that_is_there(self, database):
        upsert = "INSERT INTO doors VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET width = excluded.width"
        with database.transaction() as transaction:
            transaction.execute(upsert, ("front", 900))
            transaction.execute(upsert, ("front", 1000))

        assert database.query("SELECT width FROM doors") == [(1000,)]

    def test_a_transaction_that_raises_has_written_nothing(self, database):
        def write_and_break() -> None:
            with database.transaction() as transaction:
                transaction.execute("INSERT INTO doors VALUES (?, ?)", ("front", 900))
                raise RuntimeError("broken")

        with pytest.raises(RuntimeError, match="broken"):
            write_and_break()

        assert self.names(database) == []

    def test_after_a_transaction_that_raised_another_can_begin(self, database):
        with pytest.raises(RuntimeError, match="broken"), database.transaction():
            raise RuntimeError("broken")
        with database.transaction() as transaction:
            transaction.execute("INSERT INTO doors VALUES (?, ?)", ("front", 900))

        assert self.names(database) == ["front"]

    def test_rows_that_raise_half_way_leave_nothing(self, database):
        def rows() -> Iterator[tuple[str, int]]:
            yield "front", 900
            raise RuntimeError("broken")

        with pytest.raises(RuntimeError, match="broken"), database.transaction() as transaction:
            transaction.execute_many("INSERT INTO doors VALUES (?, ?)", rows())

        assert self.names(database) == []

    def test_a_mistake_in_our_sql_is_not_a_store_that_is_away(self, database):
        """A follower waits for a store that is away, and would wait for ever."""
        with pytest.raises(Exception, match="windows") as mistake:
            database.query("SELECT * FROM windows")
        assert not isinstance(mistake.value, StoreUnavailable)

        with pytest.raises(Exception, match="windows") as mistake, database.transaction() as transaction:
            transaction.execute("INSERT INTO windows VALUES (1)")
        assert not isinstance(mistake.value, StoreUnavailable)

    def test_a_row_that_the_table_forbids_is_not_a_store_that_is_away(self, database):
        with pytest.raises(Exception, match="name") as mistake, database.transaction() as transaction:
            transaction.execute_many("INSERT INTO doors VALUES (?, ?)", [("front", 1), ("front", 2)])

        assert not isinstance(mistake.value, StoreUnavailable)
        assert self.names(database) == []

    def test_a_query_cannot_write(self, database):
        with pytest.raises(Exception):  # noqa: B017 - each driver has its own
            database.query("INSERT INTO doors VALUES ('front', 900)")

        assert self.names(database) == []

    def test_readers_see_what_is_committed_and_never_wait_for_a_writer(self, database, another):
        with ThreadPoolExecutor(1) as a_new_thread, database.transaction() as transaction:
            transaction.execute("INSERT INTO doors VALUES (?, ?)", ("front", 900))

            assert self.names(database) == []
            assert self.names(another) == []
            assert a_new_thread.submit(self.names, database).result(PATIENCE) == []

        assert self.names(another) == ["front"]

    def test_transactions_of_many_threads_and_adapters_are_serial(self, database, another):
        with database.transaction() as transaction:
            transaction.execute("INSERT INTO doors VALUES (?, ?)", ("front", 0))

        def widen(mine: Database) -> None:
            for _ in range(25):
                with mine.transaction() as transaction:
                    [(width,)] = transaction.execute("SELECT width FROM doors")
                    transaction.execute("UPDATE doors SET width = ?", (width + 1,))

        threads = [threading.Thread(target=widen, args=(mine,)) for mine in (database, another, database, another)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)

        assert database.query("SELECT width FROM doors") == [(100,)]

    def test_a_closed_database_says_so_to_every_thread(self, database):
        self.names(database)
        database.close()

        for call in (self.names, lambda closed: closed.transaction().__enter__()):
            with pytest.raises(StoreUnavailable):
                call(database)
            with ThreadPoolExecutor(1) as a_new_thread, pytest.raises(StoreUnavailable):
                a_new_thread.submit(call, database).result(PATIENCE)

    def test_closing_twice_is_harmless(self, database):
        database.close()
        database.close()
