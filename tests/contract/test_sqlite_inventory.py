"""The inventory in a SQLite file keeps the contract, and what is said of SQLite in particular."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from events.errors import StoreUnavailable
from events.store.database import SqliteDatabase
from tests.contract.inventory_contract import Interrupted, InventoryContract, import_devices
from tests.support.given import ACCOUNT, NOON
from tests.support.inventory_records import EVERY_DEVICE, device, devices_at
from tests.support.small_disk import fill, make_room
from workers.inventory.import_lock import ImportLockFile
from workers.inventory.kinds import DEVICE_CERTIFICATES, IOT_POLICIES, KINDS
from workers.inventory.schema import STILL_THERE
from workers.inventory.store import Inventory, open_sqlite_inventory

PATIENCE = 30

IMPORT_THAT_NEVER_ENDS = """
import sys
from pathlib import Path
from tests.support.given import ACCOUNT, NOON
from tests.support.inventory_records import device
from workers.inventory.kinds import DEVICE_CERTIFICATES
from workers.inventory.store import Inventory, open_sqlite_inventory

with open_sqlite_inventory(Path(sys.argv[1])).begin_import(ACCOUNT, replace=True, now=NOON) as importing:
    importing.add(DEVICE_CERTIFICATES, device(1, "REVOKED"), b"a certificate")
    for number in range(10, 25_000):
        importing.add(DEVICE_CERTIFICATES, device(number), b"a certificate")
    print("written", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "inventory.sqlite"


@pytest.fixture
def inventory(path):
    with closing(open_sqlite_inventory(path)) as opened:
        yield opened


@pytest.fixture
def another(path):
    with closing(open_sqlite_inventory(path)) as opened:
        yield opened


class TestSqliteInventory(InventoryContract):
    @pytest.fixture
    def inventory(self, inventory):
        return inventory

    @pytest.fixture
    def another(self, another):
        return another


@pytest.fixture
def killed_import(path):
    """An import of another process that is killed when it has written 20,000 rows."""

    def begin_and_kill():
        process = subprocess.Popen(
            [sys.executable, "-c", IMPORT_THAT_NEVER_ENDS, str(path)],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        with process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"written\n"
            process.kill()
            process.wait(PATIENCE)

    return begin_and_kill


def numbers(path, sql):
    with closing(sqlite3.connect(path)) as connection:
        return [number for (number,) in connection.execute(sql)]


def traces_of_version(path, version):
    """Rows that bear the number of a version, in any table."""
    tables = [
        f"SELECT COUNT(*) FROM {kind.table} WHERE added_in = {version} OR removed_in = {version}" for kind in KINDS
    ]
    others = [
        f"SELECT COUNT(*) FROM certificates WHERE added_in = {version}",
        f"SELECT COUNT(*) FROM inventory_versions WHERE version = {version}",
    ]
    return sum(numbers(path, " UNION ALL ".join([*tables, *others])))


def test_an_import_whose_process_is_killed_leaves_nothing_to_see(inventory, path, killed_import):
    import_devices(inventory, device(1), device(2))
    killed_import()
    assert traces_of_version(path, 2) > 20_000
    assert inventory.current_version(ACCOUNT) == 1
    assert devices_at(inventory, ACCOUNT) == {1: "ACTIVE", 2: "ACTIVE"}


def test_the_next_import_clears_it_away(inventory, path, killed_import):
    import_devices(inventory, device(1), device(2))
    killed_import()
    assert import_devices(inventory).version == 1
    assert traces_of_version(path, 2) == 0
    import_devices(inventory, device(3))
    assert devices_at(inventory, ACCOUNT) == {1: "ACTIVE", 2: "ACTIVE", 3: "ACTIVE"}


def test_an_import_that_fails_clears_up_after_itself(inventory, path):
    import_devices(inventory, device(1), device(2))
    with (  # noqa: PT012 - the failure is in the middle
        pytest.raises(Interrupted),
        inventory.begin_import(ACCOUNT, replace=True, now=NOON) as importing,
    ):
        importing.add(IOT_POLICIES, {**dict.fromkeys(IOT_POLICIES.columns, ""), "policy_version": "P:1"})
        for number in range(25_000):
            importing.add(DEVICE_CERTIFICATES, device(number, "REVOKED"), b"a certificate")
        raise Interrupted
    assert traces_of_version(path, 2) == 0
    assert numbers(path, "SELECT DISTINCT removed_in FROM device_certificates") == [STILL_THERE]


def test_a_certificate_is_kept_once_beside_its_facts(inventory, path):
    for status in ("ACTIVE", "INACTIVE"):
        with inventory.begin_import(ACCOUNT, replace=False, now=NOON) as importing:
            importing.add(DEVICE_CERTIFICATES, device(1, status), b"a certificate")
    with closing(sqlite3.connect(path)) as connection:
        kept = connection.execute("SELECT certificate_id, added_in, der FROM certificates").fetchall()
    assert kept == [(device(1)["certificate_id"], 1, b"a certificate")]


def test_a_scan_for_the_checks_reads_an_index_and_no_more(inventory, path):
    import_devices(inventory, device(1))
    with closing(sqlite3.connect(path)) as connection:
        [(*_, plan)] = connection.execute(
            "EXPLAIN QUERY PLAN SELECT certificate_id, not_after, creation_date, is_roca, modulus_fingerprint "
            "FROM device_certificates WHERE account = ? AND added_in <= ? AND removed_in > ? "
            "AND certificate_id > ? AND status IN (?, ?) ORDER BY certificate_id LIMIT ? OFFSET ?",
            (ACCOUNT, 1, 1, "", "ACTIVE", "PENDING_TRANSFER", 100, 0),
        ).fetchall()
    assert "USING COVERING INDEX device_certificates_scanned" in plan


def test_a_closed_inventory_says_so(path):
    inventory = open_sqlite_inventory(path)
    inventory.close()
    with pytest.raises(StoreUnavailable):
        inventory.current_version(ACCOUNT)
    with pytest.raises(StoreUnavailable):
        list(inventory.rows(ACCOUNT, EVERY_DEVICE, 1, None, None))


def test_a_lock_that_can_not_be_made_is_a_store_that_can_not_be_used(path):
    with closing(open_sqlite_inventory(path)) as inventory:
        path.with_suffix(".import-lock").mkdir()
        with pytest.raises(StoreUnavailable, match="import-lock"):
            import_devices(inventory, device(1))


def test_an_import_onto_a_full_disk_is_given_up_and_goes_well_when_there_is_room(path, tmp_path):
    with closing(SqliteDatabase(path)) as database:
        inventory = Inventory(database, ImportLockFile(tmp_path / "lock"))
        import_devices(inventory, device(1))
        fill(database, pages_left=50)
        with pytest.raises(StoreUnavailable):
            import_devices(inventory, *(device(number) for number in range(10_000)), replace=True)
        assert devices_at(inventory, ACCOUNT) == {1: "ACTIVE"}
        make_room(database)
        import_devices(inventory, *(device(number) for number in range(10_000)))
        assert inventory.count(ACCOUNT, EVERY_DEVICE, inventory.current_version(ACCOUNT)) == 10_000
