"""The inventory in a PostgreSQL database keeps the contract, and what is said of PostgreSQL in particular."""

from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from events.errors import StoreUnavailable
from events.store.postgresql_database import PostgresqlDatabase
from events.store.schema import SchemaMissing
from tests.contract.inventory_contract import InventoryContract, import_devices
from tests.support.given import ACCOUNT, NOON
from tests.support.inventory_records import device, devices_at
from workers.inventory.kinds import DEVICE_CERTIFICATES, KINDS
from workers.inventory.postgresql_inventory import open_postgresql_inventory
from workers.inventory.store import Inventory


@pytest.fixture
def inventory(migrated_url: str) -> Iterator[Inventory]:
    with closing(open_postgresql_inventory(PostgresqlDatabase(migrated_url, "inventory"))) as opened:
        yield opened


@pytest.fixture
def another(migrated_url: str) -> Iterator[Inventory]:
    with closing(open_postgresql_inventory(PostgresqlDatabase(migrated_url, "inventory"))) as opened:
        yield opened


class TestPostgresqlInventory(InventoryContract):
    @pytest.fixture
    def inventory(self, inventory: Inventory) -> Inventory:
        return inventory

    @pytest.fixture
    def another(self, another: Inventory) -> Inventory:
        return another


def test_an_inventory_that_was_not_migrated_says_so(postgresql_url):
    with (
        closing(PostgresqlDatabase(postgresql_url, "inventory")) as database,
        pytest.raises(SchemaMissing, match="inventory lacks"),
    ):
        open_postgresql_inventory(database)


def test_an_import_whose_lock_was_lost_can_write_no_more(inventory, another, postgresql, migrated_url):
    """Its connections are cut; another import begins, under the same number, while it goes on."""
    import_devices(inventory, device(1))
    with (  # noqa: PT012 - the failure is in the middle
        pytest.raises(StoreUnavailable, match="lost its lock"),
        inventory.begin_import(ACCOUNT, replace=True, now=NOON) as importing,
    ):
        for number in range(10, 20_010):
            importing.add(DEVICE_CERTIFICATES, device(number))
        postgresql.cut_connections(migrated_url.rpartition("/")[2])
        with another.begin_import(ACCOUNT, replace=False, now=NOON) as theirs:
            theirs.add(DEVICE_CERTIFICATES, device(2))
            for number in range(20_010, 40_010):
                importing.add(DEVICE_CERTIFICATES, device(number))

    assert another.current_version(ACCOUNT) == 1
    import_devices(another, device(3))
    assert devices_at(inventory, ACCOUNT) == {1: "ACTIVE", 3: "ACTIVE"}


def test_every_text_of_every_store_is_compared_by_code_points(migrated_url):
    """Whatever language an operator has made the database for."""
    with closing(psycopg.connect(migrated_url)) as operator:
        collations = operator.execute(
            """SELECT table_schema, table_name, column_name, collation_name FROM information_schema.columns
               WHERE data_type = 'text' AND table_schema NOT IN ('pg_catalog', 'information_schema')"""
        ).fetchall()
    assert len(collations) > len(KINDS)
    assert [column for *column, collation in collations if collation != "C"] == []
