"""What an inventory promises, over any database, of what its rows name of a second kind."""

from collections.abc import Mapping
from typing import Any

import pytest

from events.vocabulary import AccountId
from tests.support.given import ACCOUNT, NOON
from workers.inventory.kinds import IAM_ROLES, IDENTITY_POOLS, Examines, Related
from workers.inventory.store import Inventory

OTHER = AccountId("111111111111")
POOLS = Examines(IDENTITY_POOLS, (), related=Related(IAM_ROLES, "authenticated_roles", ("role_name",)))


def pool(number: int, *roles: str) -> Mapping[str, Any]:
    named = ", ".join(f'"{role}"' for role in roles)
    columns = IDENTITY_POOLS.columns.items()
    nothing = {name: "" if declared.startswith("TEXT") else 0 for name, declared in columns}
    return nothing | {"identity_pool_id": f"{number:06}", "authenticated_roles": f"[{named}]"}


def import_all(inventory, pools=(), roles=(), *, account=ACCOUNT, replace=False):
    with inventory.begin_import(account, replace=replace, now=NOON) as importing:
        for each in pools:
            importing.add(IDENTITY_POOLS, each)
        for arn, name in roles:
            importing.add(IAM_ROLES, dict.fromkeys(IAM_ROLES.columns) | {"role_arn": arn, "role_name": name})


def related_at(inventory, version):
    return [named for (named,) in inventory.rows(ACCOUNT, POOLS, version, None, None)]


class RelatedRowsContract:
    """A subclass gives `inventory`."""

    @pytest.fixture
    def inventory(self) -> Inventory:
        raise AssertionError("a subclass gives it")

    def test_what_is_named_is_as_it_was_at_the_version(self, inventory):
        import_all(inventory, [pool(1, "r")])
        import_all(inventory, roles=[("r", "one")])
        import_all(inventory, roles=[("r", "two")])
        import_all(inventory, [pool(1, "r")], replace=True)
        at_versions = [related_at(inventory, version) for version in (1, 2, 3, 4)]
        assert at_versions == [[{"r": None}], [{"r": ("one",)}], [{"r": ("two",)}], [{"r": None}]]

    def test_what_another_account_has_is_not_there(self, inventory):
        import_all(inventory, roles=[("r", "theirs")], account=OTHER)
        import_all(inventory, [pool(1, "r")])
        assert related_at(inventory, 1) == [{"r": None}]

    def test_pages_of_rows_that_name_many_have_all_of_them(self, inventory):
        pages = 2 * IDENTITY_POOLS.rows_a_page + 1
        names = {number: [f"r{number}-{each}" for each in range(11)] for number in range(pages)}
        pools = [pool(number, *arns, "everybody's") for number, arns in names.items()]
        arns = [arn for each in names.values() for arn in each]
        import_all(inventory, pools, [(arn, arn.upper()) for arn in (*arns, "everybody's")])
        expected = [{arn: (arn.upper(),) for arn in (*names[number], "everybody's")} for number in range(pages)]
        assert related_at(inventory, 1) == expected
