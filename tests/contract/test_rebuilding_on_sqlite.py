"""Rebuilds and verifications over SQLite keep the contract."""

from pathlib import Path

import pytest

from service.settings import Settings
from tests.contract.rebuilding_contract import RebuildingContract


class TestRebuildingOnSqlite(RebuildingContract):
    @pytest.fixture
    def settings(self, tmp_path: Path) -> Settings:
        return Settings(data_directory=tmp_path / "data")

    @pytest.fixture
    def leftovers(self, settings: Settings):
        """Files beside the one to which the path leads."""

        def found() -> list[str]:
            path = settings.data_directory / "read-models.sqlite"
            present = path.resolve().name
            used = {path.name, *(present + end for end in ("", "-wal", "-shm"))}
            return [each.name for each in path.parent.glob("read-models*") if each.name not in used]

        return found
