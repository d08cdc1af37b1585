"""A schema of a PostgreSQL database, behind the adapter that SQLite files have too."""

import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice

import psycopg

from events.store.database import Parameters, Row, Schema
from events.store.one_row_inserts import is_insert_of_one_row, of_arrays
from events.store.postgresql_arrays import COLUMN_TYPES
from events.store.postgresql_connections import Connection, Connections
from events.store.postgresql_dialect import collated, formatted, numbered
from events.store.schema import SchemaMissing

CONNECTIONS = 8
"""Of one process to one schema, at most."""

ROWS_A_STATEMENT = 2_000
STATEMENTS_A_MESSAGE = 200


class PostgresqlDatabase:
    """One schema. Its transactions are serial, whichever process they come from; reads wait for nobody.

    Each transaction takes a lock of the schema's first (an advisory one), and so sees all that those before it
    have done. SERIALIZABLE would let some go side by side and fail others, which their callers would have to begin
    anew.
    """

    def __init__(
        self, url: str, schema: str, *, durable: bool = True, most_connections: int = CONNECTIONS
    ) -> None:
        """Connect to nothing yet. `schema` is one of our own names.

        Without `durable`, the last commits can be lost when the server dies: right for what is rebuilt.
        """
        self.schema = schema
        self.connections = Connections(url, schema, most=most_connections, durable=durable)
        self._types: dict[str, tuple[int, ...]] = {}
        self._begin = f"BEGIN READ WRITE; SELECT pg_advisory_xact_lock({lock_key(schema)}, 0)"

    @contextmanager
    def transaction(self) -> Iterator["PostgresqlTransaction"]:
        """Begin a transaction that commits at the end of the block and rolls back on an exception."""
        with self.connections.lent(lambda connection: connection.execute(self._begin)) as (connection, _):
            try:
                yield PostgresqlTransaction(connection, self._types)
                _commit(connection)
            except psycopg.Error as error:
                _roll_back(connection)
                self.connections.translate(error)
            except BaseException:
                _roll_back(connection)
                raise

    def query(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """Return the rows of a SELECT over what is committed."""
        with self.connections.lent(lambda connection: _rows(connection, sql, parameters)) as (_, rows):
            return rows

    def scan(self, sql: str, parameters: Parameters = (), *, columns: int) -> list[Row]:  # noqa: ARG002 - the protocol's
        """Return what `query` does; its driver lets other threads run while it waits.

        Planned anew each time, with the values. A plan for any values takes the primary key where an index has
        all columns, which costs ten times as much for a page of 2,000 rows.
        """
        with self.connections.lent(lambda connection: _rows(connection, sql, parameters, prepare=False)) as (
            _,
            rows,
        ):
            return rows

    def prepare(self, schema: Schema) -> None:
        """Raise SchemaMissing unless `fleet-audit migrate` has made what a store needs."""
        with self.transaction() as rows:
            missing = schema.missing(rows) if _has_steps(rows) else ["everything"]
        if missing:
            raise SchemaMissing(f"{self.schema} lacks {', '.join(missing)}")

    def migrate(self, schema: Schema) -> list[str]:
        """Make what is missing of a schema, and return the names of the steps; raise SchemaTooNew.

        Two processes may do it at once: one waits for the other, and finds nothing missing.
        """
        with self.transaction() as rows:
            rows.execute("SET LOCAL statement_timeout = 0")
            rows.execute(f"CREATE SCHEMA IF NOT EXISTS {self.schema}")
            if _has_steps(rows):
                schema.missing(rows)
            return schema.migrate(rows)

    def close(self) -> None:
        """Close every connection, those in use when they come back. Calls after it fail."""
        self.connections.close()


class PostgresqlTransaction:
    """A connection inside a transaction."""

    def __init__(self, connection: Connection, types: dict[str, tuple[int, ...]]) -> None:
        """`types` remembers which types the values of an insert are sent as."""
        self._connection = connection
        self._types = types

    def execute(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """Run one statement and return its rows."""
        return _rows(self._connection, collated(sql), parameters)

    def execute_many(self, sql: str, rows: Iterable[Parameters]) -> None:
        """Run one statement for each row of parameters, many in one message to the server.

        An insert goes as arrays of its columns' values. Of other statements the values are written into the
        text. Neither uses the driver's pipeline, which hangs on large messages.
        """
        remaining = iter(rows)
        if is_insert_of_one_row(sql):
            while some := list(islice(remaining, ROWS_A_STATEMENT)):
                types = self._types_of(sql)
                arrays = [
                    COLUMN_TYPES[oid][1](values)
                    for oid, values in zip(types, zip(*some, strict=True), strict=True)
                ]
                names = tuple(COLUMN_TYPES[oid][0] for oid in types)
                self._connection.execute(of_arrays(sql, names), arrays)
            return
        cursor = psycopg.ClientCursor(self._connection)
        while some := list(islice(remaining, STATEMENTS_A_MESSAGE)):
            cursor.execute("; ".join(cursor.mogrify(formatted(sql), row) for row in some))

    def _types_of(self, sql: str) -> tuple[int, ...]:
        """What the server says that the values of an insert are to be."""
        if sql not in self._types:
            server = self._connection.pgconn
            for answer in (server.prepare(b"", numbered(sql).encode()), server.describe_prepared(b"")):
                if answer.status != psycopg.pq.ExecStatus.COMMAND_OK:
                    raise psycopg.errors.error_from_result(answer)
            self._types[sql] = tuple(answer.param_type(number) for number in range(answer.nparams))
        return self._types[sql]


def lock_key(name: str) -> int:
    """The number of an advisory lock: four bytes that stand for its name."""
    return zlib.crc32(name.encode()) - 2**31


def _rows(connection: Connection, sql: str, parameters: Parameters, *, prepare: bool | None = None) -> list[Row]:
    cursor = connection.execute(numbered(sql), parameters or None, binary=True, prepare=prepare)
    return cursor.fetchall() if cursor.description else []


def _commit(connection: Connection) -> None:
    if connection.execute("COMMIT").statusmessage != "COMMIT":
        raise psycopg.errors.InFailedSqlTransaction("A statement failed, and its transaction was to be committed.")


def _roll_back(connection: Connection) -> None:
    with suppress(psycopg.Error):
        connection.execute("ROLLBACK")


def _has_steps(rows: "PostgresqlTransaction") -> bool:
    return bool(rows.execute("SELECT to_regclass('schema_steps') IS NOT NULL")[0][0])
