"""The least that a log in PostgreSQL could do: rows like its events, by bare statements."""

from collections.abc import Sequence
from dataclasses import replace
from time import perf_counter
from typing import Any
from uuid import uuid4

import psycopg

from events.codec import StoredEvent
from events.event import Event
from tests.benchmarks.log_benchmark import CHANGED, MAPPER

TABLE = """
    CREATE TABLE bare (
        position BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, stream UUID NOT NULL, version BIGINT NOT NULL,
        topic TEXT NOT NULL, state BYTEA NOT NULL, account_id TEXT NOT NULL, recorded_at BIGINT NOT NULL,
        event_id UUID NOT NULL, UNIQUE (stream, version))
"""
INTO = "INSERT INTO bare (stream, version, topic, state, account_id, recorded_at, event_id) VALUES "
ROW = "(%s, %s, %s, %s, %s, %s, %s)"


class BareInserts:
    """A table of a connection in autocommit."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection
        connection.execute(TABLE)

    def one_by_one(self, number: int) -> float:
        """Insert so many rows, a transaction each; rows a second."""
        rows = _rows(number)
        beginning = perf_counter()
        for row in rows:
            self._connection.execute(INTO + ROW, row)
        return number / (perf_counter() - beginning)

    def at_once(self, number: int) -> float:
        """Insert so many rows in one statement; rows a second."""
        insert = INTO + ", ".join([ROW] * number)
        values = [value for row in _rows(number) for value in row]
        beginning = perf_counter()
        self._connection.execute(insert, values)
        return number / (perf_counter() - beginning)


def events(number: int) -> list[Event]:
    """Events of a new stream."""
    stream = uuid4()
    return [replace(CHANGED, originator_id=stream, originator_version=n + 1) for n in range(number)]


def _rows(number: int) -> Sequence[tuple[Any, ...]]:
    def row(stored: StoredEvent) -> tuple[Any, ...]:
        return (
            stored.originator_id,
            stored.originator_version,
            stored.topic,
            stored.state,
            stored.account_id,
            stored.recorded_at,
            stored.event_id,
        )

    return [row(MAPPER.to_stored_event(event)) for event in events(number)]
