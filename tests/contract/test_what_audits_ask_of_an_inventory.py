"""The inventory, and the one in memory that stands in for it, answer an audit alike."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from events.store.postgresql_database import PostgresqlDatabase
from tests.support.fleet_in_memory import FleetInMemory
from tests.support.given import ACCOUNT, NOON
from workers.inventory.kinds import (
    CERTIFICATE_COLUMNS,
    DEVICE_CERTIFICATES,
    IAM_ROLES,
    IDENTITY_POOLS,
    Examines,
    Kind,
    Related,
)
from workers.inventory.postgresql_inventory import open_postgresql_inventory
from workers.inventory.store import open_sqlite_inventory
from workers.worker import Inventory

Record = dict[str, Any]
Make = Callable[..., Inventory]
"""Of records of device certificates; or of identity pools, and of the roles that they name."""

ACTIVE = Examines(DEVICE_CERTIFICATES, ("certificate_id", "not_after"), only={"status": ("ACTIVE",)})
WITH_ROLES = Examines(
    IDENTITY_POOLS,
    ("identity_pool_name",),
    related=Related(IAM_ROLES, "authenticated_roles", ("role_name", "role_arn")),
)
WITHOUT_KEY = Examines(DEVICE_CERTIFICATES, ("not_after", "status"))


def certificate(number: int, status: str = "ACTIVE") -> Record:
    nothing: Record = dict.fromkeys((*CERTIFICATE_COLUMNS, "ca_certificate_id"), "")
    return nothing | {
        "certificate_id": f"{number:064x}",
        "status": status,
        "creation_date": 0,
        "not_before": 0,
        "not_after": number,
        "key_size": 256,
        "is_roca": 0,
    }


def nothing_of(kind: Kind) -> Record:
    return {name: "" if declared.startswith("TEXT") else 0 for name, declared in kind.columns.items()}


def pool(number: int, roles: str | None) -> Record:
    nothing = nothing_of(IDENTITY_POOLS)
    return nothing | {"identity_pool_id": str(number), "identity_pool_name": "p", "authenticated_roles": roles}


def role(arn: str) -> Record:
    nothing = nothing_of(IAM_ROLES)
    return nothing | {"role_arn": arn, "role_name": arn.upper()}


@pytest.fixture(params=["in memory", "sqlite", "postgresql"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Make]:
    with ExitStack() as stack:

        def inventory_of(records: list[Record], roles: Sequence[Record] = ()) -> Inventory:
            if request.param == "in memory":
                return FleetInMemory(records, related=roles)
            inventory = (
                open_sqlite_inventory(tmp_path / "inventory.sqlite")
                if request.param == "sqlite"
                else open_postgresql_inventory(
                    PostgresqlDatabase(request.getfixturevalue("migrated_url"), "inventory")
                )
            )
            stack.callback(inventory.close)
            if records:
                with inventory.begin_import(ACCOUNT, replace=False, now=NOON) as importing:
                    for record in records:
                        importing.add(IDENTITY_POOLS if roles else DEVICE_CERTIFICATES, record)
                    for record in roles:
                        importing.add(IAM_ROLES, record)
            return inventory

        yield inventory_of


def shards(inventory: Inventory, examines: Examines, size: int) -> list[list[Any]]:
    version = inventory.current_version(ACCOUNT)
    bounds = inventory.shard_bounds(ACCOUNT, examines, version, size)
    ranges = zip([None, *bounds], bounds, strict=False)
    return [list(inventory.rows(ACCOUNT, examines, version, after, up_to)) for after, up_to in ranges]


@pytest.mark.parametrize(
    ("number", "sizes"), [(1, [1]), (99, [99]), (100, [100]), (101, [100, 1]), (250, [100, 100, 50])]
)
def test_shards_have_each_row_once_in_order(make: Make, number: int, sizes: list[int]):
    found = shards(make([certificate(each) for each in reversed(range(number))]), ACTIVE, 100)
    assert [len(rows) for rows in found] == sizes
    assert [row for rows in found for row in rows] == [(f"{each:064x}", each) for each in range(number)]


def test_a_kind_is_listed_when_there_is_something_of_it_in_scope_or_not(make: Make):
    fleet = make([certificate(1, "REVOKED")])
    assert fleet.is_listed(ACCOUNT, DEVICE_CERTIFICATES, fleet.current_version(ACCOUNT))


def test_only_what_is_in_scope_is_cut_and_read(make: Make):
    records = [certificate(each, "ACTIVE" if each % 2 else "REVOKED") for each in range(10)]
    found = shards(make(records), ACTIVE, 2)
    assert [[row[1] for row in rows] for rows in found] == [[1, 3], [5, 7], [9]]


def test_nothing_in_scope_is_no_shard(make: Make):
    assert shards(make([]), ACTIVE, 100) == []
    assert shards(make([certificate(1, "REVOKED")]), ACTIVE, 100) == []


def test_rows_have_the_declared_columns_in_their_order_even_without_the_key(make: Make):
    assert shards(make([certificate(1), certificate(2)]), WITHOUT_KEY, 1) == [[(1, "ACTIVE")], [(2, "ACTIVE")]]


def test_what_a_row_names_comes_with_it_in_its_order(make: Make):
    named = ['["b", "a"]', "[]", None, '["c", "b"]']
    found = shards(
        make([pool(*each) for each in enumerate(named)], [role("a"), role("b"), role("d")]), WITH_ROLES, 3
    )
    related = [row[1] for rows in found for row in rows]
    a, b = ("A", "a"), ("B", "b")
    assert related == [{"a": a, "b": b}, {}, None, {"c": None, "b": b}]
    assert [list(each or ()) for each in related] == [["b", "a"], [], [], ["c", "b"]]
    assert {row[0] for rows in found for row in rows} == {"p"}
