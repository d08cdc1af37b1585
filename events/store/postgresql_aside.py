"""Another schema beside one of a PostgreSQL database, from which tables are moved into it.

The other schema has a lock of its own, so nobody waits while it is filled. A table moves with its indexes, and
nothing of it is copied: that takes some milliseconds, for which who reads the old table waits.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import psycopg

from events.errors import StoreUnavailable
from events.store.aside import Query
from events.store.database import Transaction
from events.store.postgresql_database import PostgresqlDatabase, PostgresqlTransaction

ATTEMPTS = 6
"""To empty the schema, each of which waits 10 seconds for a statement that a killed process has left running."""

PATIENCE_WITH_READERS = 1000
"""Milliseconds. While the old tables are waited for, everybody who wants to read them waits, too."""

LONGEST_PAUSE = 60_000
"""Milliseconds that may pass between two questions to a snapshot. It holds up nobody."""


class PostgresqlAside:
    """The schema `NAME_aside`."""

    replaces_all = False

    def __init__(self, url: str, schema: str) -> None:
        """Nothing is connected yet. What is filled need not outlast a crash of the server."""
        self.serving = PostgresqlDatabase(url, schema, durable=False)
        self._schema = schema
        self._place = f"{schema}_aside"
        self._database = PostgresqlDatabase(url, self._place, durable=False)

    def open(self) -> PostgresqlDatabase:
        """Empty the place, and open it for being filled."""
        self.clear()
        with self._database.transaction() as rows:
            rows.execute(f"CREATE SCHEMA {self._place}")
        return self._database

    def carry(self, tables: Sequence[str]) -> None:
        """Tables that are not replaced stay where they are."""

    def settle(self) -> PostgresqlDatabase:
        """Let the planner know what was filled, as if the tables had always been there."""
        with self._database.transaction() as rows:
            self.unhurried(rows)
            for (table,) in rows.execute("SELECT tablename FROM pg_tables WHERE schemaname = ?", (self._place,)):
                rows.execute(f"ANALYZE {table}")
        return self._database

    @contextmanager
    def replacing(self) -> Iterator[Transaction]:
        """Hold the lock of the serving schema."""
        with self.serving.transaction() as rows:
            yield rows

    def replace(self, rows: Transaction, tables: Sequence[str]) -> None:
        """Drop the old tables and move the new ones. StoreUnavailable when somebody reads for long: try again."""
        rows.execute(f"SET LOCAL lock_timeout = {PATIENCE_WITH_READERS}")
        for table in tables:
            rows.execute(f"DROP TABLE {self._schema}.{table}")
            rows.execute(f"ALTER TABLE {self._place}.{table} SET SCHEMA {self._schema}")

    def unhurried(self, rows: Transaction) -> None:
        """Let the statements of a transaction take as long as they need."""
        rows.execute("SET LOCAL statement_timeout = 0")

    @contextmanager
    def snapshot(self) -> Iterator[Query]:
        """Ask in one transaction of repeatable reads."""
        begin = (
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
            f" SET LOCAL idle_in_transaction_session_timeout = {LONGEST_PAUSE}; SET LOCAL statement_timeout = 0"
        )
        connections = self.serving.connections
        with connections.lent(lambda connection: connection.execute(begin)) as (connection, _):
            reading = PostgresqlTransaction(connection, {})
            try:
                yield reading.execute
            except psycopg.Error as error:
                connections.translate(error)
            finally:
                with suppress(psycopg.Error):
                    connection.execute("ROLLBACK")

    def clear(self) -> None:
        """Drop the schema and what is in it."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self._database.transaction() as rows:
                    self.unhurried(rows)
                    rows.execute(f"DROP SCHEMA IF EXISTS {self._place} CASCADE")
            except StoreUnavailable:
                if attempt == ATTEMPTS:
                    raise
            else:
                return

    def close(self) -> None:
        """Close every connection."""
        self._database.close()
        self.serving.close()
