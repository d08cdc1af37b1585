"""Fixtures of PostgreSQL: one server a session, started when the first test asks for it; a database a test."""

from collections.abc import Iterator

import pytest

from service.migrating import migrate
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


@pytest.fixture(scope="session")
def migrated_template(postgresql: PostgresqlServer) -> str:
    """The name of a database that has every table and no row."""
    postgresql.execute("CREATE DATABASE migrated")
    list(migrate(postgresql.url("migrated")))
    return "migrated"


@pytest.fixture
def migrated_url(postgresql: PostgresqlServer, migrated_template: str) -> Iterator[str]:
    """A database that has every table and no row."""
    with postgresql.new_database(template=migrated_template) as name:
        yield postgresql.url(name)
