"""Fixtures of PostgreSQL: one server a session, started when the first test asks for it; a database a test."""

from collections.abc import Iterator

import pytest

from tests.support.postgresql_server import PostgresqlServer, running_postgresql


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    """A running server that all tests share. Who stops it, starts one of his own."""
    with running_postgresql() as server:
        yield server


@pytest.fixture
def postgresql_url(postgresql: PostgresqlServer) -> Iterator[str]:
    """An empty database."""
    with postgresql.new_database() as name:
        yield postgresql.url(name)
