"""Rebuilds and verifications over PostgreSQL keep the contract."""

from contextlib import closing

import psycopg
import pytest

from service.settings import Settings
from tests.contract.rebuilding_contract import RebuildingContract


class TestRebuildingOnPostgresql(RebuildingContract):
    # What is the same code over both databases is tried with all of them over SQLite, where a database costs less.
    names = ("audit_findings", None)
    tables = ("audit_findings", "audit_tasks", "history")

    @pytest.fixture
    def settings(self, migrated_url: str) -> Settings:
        return Settings(database_url=migrated_url)

    @pytest.fixture
    def leftovers(self, migrated_url: str):
        """The schema beside."""

        def found() -> list[tuple[str]]:
            with closing(psycopg.connect(migrated_url)) as operator:
                sql = "SELECT nspname FROM pg_namespace WHERE nspname = 'read_models_aside'"
                return operator.execute(sql).fetchall()

        return found
