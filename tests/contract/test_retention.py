"""Retention over files and over PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.data_directory import make_data_directory
from service.stores import Stores, postgresql_stores, sqlite_stores
from tests.contract.archiving_contract import ArchivingContract
from tests.contract.retention_contract import RetentionContract


class TestOnSqlite(RetentionContract, ArchivingContract):
    @pytest.fixture
    def stores(self, tmp_path: Path) -> Iterator[Stores]:
        with sqlite_stores(make_data_directory(tmp_path / "data")) as stores:
            yield stores


class TestOnPostgresql(RetentionContract, ArchivingContract):
    @pytest.fixture
    def stores(self, migrated_url: str) -> Iterator[Stores]:
        with postgresql_stores(migrated_url) as stores:
            yield stores
