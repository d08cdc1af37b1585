"""The tables of a PostgreSQL database are made in one step, safe to be taken twice and by two at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Event

import psycopg
import pytest

from events.errors import StoreUnavailable
from events.store.schema import SchemaMissing, SchemaTooNew
from service.migrating import SCHEMAS, migrate, wait_until_migrated
from service.stores import postgresql_stores
from tests.support.postgresql_server import PostgresqlServer, running_postgresql

PATIENCE = 60.0


def steps_of(url: str) -> list[str]:
    return list(migrate(url))


@pytest.fixture
def operator(postgresql_url: str) -> Iterator[psycopg.Connection]:
    with closing(psycopg.connect(postgresql_url, autocommit=True)) as connection:
        yield connection


def test_a_second_time_there_is_nothing_to_do(postgresql_url):
    first = steps_of(postgresql_url)

    assert {step.partition(":")[0] for step in first} == SCHEMAS.keys()
    assert steps_of(postgresql_url) == []


def test_of_processes_that_migrate_at_once_each_step_is_taken_by_one(postgresql_url):
    with ThreadPoolExecutor(4) as threads:
        taken = [step for steps in threads.map(steps_of, [postgresql_url] * 4) for step in steps]

    assert len(taken) == len(set(taken)) > len(SCHEMAS)
    assert steps_of(postgresql_url) == []
    with postgresql_stores(postgresql_url, patience=0):
        pass


def test_who_starts_before_it_is_done_waits(postgresql_url):
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(wait_until_migrated, postgresql_url, PATIENCE)
        steps_of(postgresql_url)
        waiting.result(PATIENCE)


def test_who_is_told_to_stop_waits_no_longer(postgresql_url):
    stopped = Event()
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(wait_until_migrated, postgresql_url, PATIENCE, stopped)
        stopped.set()
        with pytest.raises(SchemaMissing):
            waiting.result(10)


def test_who_has_waited_long_enough_says_what_is_missing(postgresql_url):
    with (
        pytest.raises(SchemaMissing, match="events lacks everything; `fleet-audit migrate`"),
        postgresql_stores(postgresql_url, patience=0),
    ):
        raise AssertionError("The stores were opened.")


def test_a_step_that_a_new_version_brings_is_waited_for(postgresql_url, operator):
    steps_of(postgresql_url)
    operator.execute("DELETE FROM inventory.schema_steps WHERE step = 'import_id'")

    with pytest.raises(SchemaMissing, match="inventory lacks import_id"):
        wait_until_migrated(postgresql_url, patience=0)


@pytest.mark.parametrize(
    "newer",
    [
        "INSERT INTO events.schema_steps VALUES ('events', 'quantum')",
        "UPDATE read_models.projections SET version = version + 1 WHERE name = 'audit_tasks'",
        "INSERT INTO read_models.projections VALUES ('quantum', 1, 0, '[]')",
    ],
)
def test_a_database_of_a_newer_version_is_left_as_it_is(postgresql_url, operator, newer):
    steps_of(postgresql_url)
    operator.execute(newer)

    with pytest.raises(SchemaTooNew, match="newer version"):
        steps_of(postgresql_url)
    with pytest.raises(SchemaTooNew, match="newer version"):
        wait_until_migrated(postgresql_url)


def test_read_models_of_an_older_version_are_made_anew(postgresql_url, operator):
    steps_of(postgresql_url)
    operator.execute("UPDATE read_models.projections SET version = 0, position = 7 WHERE name = 'audit_tasks'")

    assert steps_of(postgresql_url) == ["read_models: audit_tasks"]
    found = operator.execute("SELECT position FROM read_models.projections WHERE name = 'audit_tasks'").fetchall()
    assert found == [(0,)]


def test_a_server_that_is_not_there_yet_is_waited_for():
    with running_postgresql() as server:
        steps_of(server.url())
        server.stop()
        with pytest.raises(StoreUnavailable, match="onnection"):
            wait_until_migrated(server.url(), patience=0)
        with ThreadPoolExecutor(1) as thread:
            waiting = thread.submit(wait_until_migrated, server.url(), PATIENCE)
            server.start()
            waiting.result(PATIENCE)


def test_the_password_is_never_told(postgresql: PostgresqlServer):
    url = postgresql.url("nowhere").replace("fleet@", "fleet:secret@")

    with pytest.raises(StoreUnavailable) as refusal:
        wait_until_migrated(url, patience=0)
    assert "secret" not in repr(refusal.value)
