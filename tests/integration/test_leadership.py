"""One of several holds the lock, and loses it with its connection; the file's goes with its holder."""

from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
import pytest

from service.roles.leadership import FileLock, Lock, PostgresqlLock
from tests.support.tcp_relay import tcp_relay
from tests.support.waiting import until


@contextmanager
def released(*locks):
    try:
        yield locks
    finally:
        for lock in locks:
            lock.release()


@pytest.fixture(params=["file", "postgresql"])
def locks(request, tmp_path):
    """Two that compete for one lock."""
    made: list[Lock]
    if request.param == "file":
        made = [FileLock(tmp_path / "lock") for _ in range(2)]
    else:
        made = [PostgresqlLock(request.getfixturevalue("postgresql_url")) for _ in range(2)]
    with released(*made):
        yield made


def test_one_holds_it_at_a_time(locks):
    first, second = locks
    assert first.is_held()
    assert not second.is_held()
    assert first.is_held()
    first.release()
    assert second.is_held()
    assert not first.is_held()


def test_a_lock_is_lost_with_its_connection_and_free_for_others(postgresql_url):
    address = urlsplit(postgresql_url)
    with tcp_relay(address.port or 0) as relay:
        through_relay = postgresql_url.replace(f":{address.port}", f":{relay.port}")
        with released(PostgresqlLock(through_relay), PostgresqlLock(postgresql_url)) as (first, second):
            assert first.is_held()
            relay.cut()
            until(second.is_held)
            assert not first.is_held()


def test_a_database_that_is_away_gives_no_lock(postgresql_url):
    with released(PostgresqlLock(postgresql_url.replace("127.0.0.1", "127.0.0.1:1,127.0.0.1"))) as (lock,):
        assert lock.is_held()
    with released(PostgresqlLock("postgresql://nobody@127.0.0.1:1/nowhere")) as (lock,):
        assert not lock.is_held()


def test_the_server_takes_the_lock_from_who_is_silent(postgresql_url):
    with released(PostgresqlLock(postgresql_url), PostgresqlLock(postgresql_url)) as (silent, other):
        assert silent.is_held()
        until(other.is_held)
        assert not silent.is_held()
        with psycopg.connect(postgresql_url) as connection:
            assert connection.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'").fetchone() == (
                1,
            )


def test_who_was_not_given_the_lock_asks_again_on_the_same_connection(postgresql_url):
    with (
        released(PostgresqlLock(postgresql_url), PostgresqlLock(postgresql_url)) as (first, second),
        psycopg.connect(postgresql_url, autocommit=True) as connection,
    ):

        def backends():
            coordinators = "SELECT pid FROM pg_stat_activity WHERE application_name = 'fleet-audit coordinator'"
            return sorted(connection.execute(coordinators).fetchall())

        assert first.is_held()
        assert not second.is_held()
        before = backends()
        assert len(before) == 2
        assert not second.is_held()
        assert backends() == before


def test_a_lock_that_was_released_can_be_taken_at_once(postgresql_url):
    with released(PostgresqlLock(postgresql_url), PostgresqlLock(postgresql_url)) as (first, second):
        for _ in range(20):
            assert first.is_held()
            first.release()
            assert second.is_held()
            second.release()
