"""Tampering with files, and with PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.data_directory import make_data_directory
from service.stores import Stores, postgresql_stores, sqlite_stores
from tests.contract.tampering_contract import TamperingContract


class TestOnSqlite(TamperingContract):
    @pytest.fixture
    def stores(self, tmp_path: Path) -> Iterator[Stores]:
        with sqlite_stores(make_data_directory(tmp_path / "data")) as stores:
            yield stores


class TestOnPostgresql(TamperingContract):
    @pytest.fixture
    def stores(self, migrated_url: str) -> Iterator[Stores]:
        with postgresql_stores(migrated_url) as stores:
            yield stores
