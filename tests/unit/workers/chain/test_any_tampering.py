"""However a log is tampered with before its last checkpoint, it is found, and no untouched event is accused."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from events.store.stored_rows import SQLITE_COLUMNS, StoredRows
from service.data_directory import make_data_directory
from service.stores import sqlite_stores
from tests.support.chained_log import SIGNER, ChainedLog
from workers.chain.finding import Kind
from workers.chain.store import Chain
from workers.chain.verification import Verification

EVENTS = 600
POSITIONS = st.integers(1, EVENTS)
COLUMNS = ("stream", "version", "topic", "state", "account_id", "recorded_at", "event_id")


class InMemory:
    """A copy of a file's tables that a test may do anything to."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(":memory:")
        with closing(sqlite3.connect(path)) as file:
            file.backup(self.connection)

    def query(self, sql, parameters=()):
        return self.connection.execute(sql, parameters).fetchall()

    def close(self) -> None:
        self.connection.close()


@pytest.fixture(scope="module")
def directory(tmp_path_factory) -> Path:
    path: Path = tmp_path_factory.mktemp("chained")
    with sqlite_stores(make_data_directory(path)) as stores:
        ChainedLog(stores).signed(1, 255, 100, 200, 44)
    return path


def verified(log: InMemory, chain: InMemory):
    return Verification(StoredRows(log, SQLITE_COLUMNS, "event_id = ?"), Chain(chain.query), [SIGNER.key]).run(
        lambda _: None
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(
    changed=st.dictionaries(POSITIONS, st.sampled_from(COLUMNS), max_size=4),
    removed=st.sets(POSITIONS, max_size=4),
    data=st.data(),
)
def test_changes_and_removals_are_named_exactly(directory, changed, removed, data):
    with (
        closing(InMemory(directory / "events.sqlite")) as log,
        closing(InMemory(directory / "chain.sqlite")) as chain,
    ):
        for position, column in changed.items():
            found = log.query(f"SELECT {column} FROM events WHERE position = ?", (position,))
            if not found:
                continue  # another one was given its stream and version
            [(was,)] = found
            becomes: st.SearchStrategy[Any] = {
                bytes: st.binary(min_size=1, max_size=20),
                str: st.text(min_size=1, max_size=20),
                int: st.integers(0, 2**40),
            }[type(was)]
            value = data.draw(becomes)
            assume(value != was)
            log.query(f"UPDATE OR REPLACE events SET {column} = ? WHERE position = ?", (value, position))
        for position in removed:
            log.query("DELETE FROM events WHERE position = ?", (position,))
        here = {position for (position,) in log.query("SELECT position FROM events")}
        gone = set(range(1, EVENTS + 1)) - here

        report = verified(log, chain)

    assert {each.position for each in report.findings if each.kind is Kind.CHANGED} == set(changed) - gone
    told = {each.position for each in report.findings if each.kind in {Kind.REMOVED, Kind.TRUNCATED}}
    at_end = [position for position in sorted(gone) if set(range(position, EVENTS + 1)) <= gone]
    assert told == {position for position in gone if position not in at_end[1:]}
    assert report.valid == EVENTS - len(gone) - len(set(changed) - gone)
    assert report.valid_checkpoints == report.checkpoints == 5


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(order=st.permutations(range(1, 8)), first=st.integers(0, EVENTS - 8))
def test_any_reordering_is_named(directory, order, first):
    with (
        closing(InMemory(directory / "events.sqlite")) as log,
        closing(InMemory(directory / "chain.sqlite")) as chain,
    ):
        for place in range(1, 8):
            log.query("UPDATE events SET position = ? WHERE position = ?", (-place, first + place))
        for place, origin in enumerate(order, 1):
            log.query("UPDATE events SET position = ? WHERE position = ?", (first + place, -origin))

        found = [(each.kind, each.position) for each in verified(log, chain).findings]

    moved = [first + place for place, origin in enumerate(order, 1) if place != origin]
    assert found == [(Kind.REORDERED, position) for position in moved]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(
    table=st.sampled_from(["tiles", "places", "checkpoints"]),
    row=st.integers(0, 4),
    at=st.integers(0, 400),
    bit=st.integers(0, 7),
)
def test_any_bit_of_the_chain(directory, table, row, at, bit):
    column = {"tiles": "hashes", "places": "packed", "checkpoints": "note"}[table]
    with (
        closing(InMemory(directory / "events.sqlite")) as log,
        closing(InMemory(directory / "chain.sqlite")) as chain,
    ):
        rows = chain.query(f"SELECT rowid, CAST({column} AS BLOB) FROM {table} ORDER BY rowid")
        id_, was = rows[row % len(rows)]
        at %= len(was)
        if table == "places" and at % 24 >= 8:
            return  # a stream only says which archive may have an event
        becomes = bytes([*was[:at], was[at] ^ (1 << bit), *was[at + 1 :]])
        chain.query(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (becomes, id_))

        assert not verified(log, chain).is_clean
