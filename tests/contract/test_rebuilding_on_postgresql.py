"""Rebuilds and verifications over PostgreSQL keep the contract."""

from contextlib import closing

import psycopg
import pytest

from service.settings import Settings
from tests.contract.rebuilding_contract import RebuildingContract


class TestRebuildingOnPostgresql(RebuildingContract):
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
