"""What an inventory promises over any database."""

from datetime import timedelta

import pytest

from events.errors import InvalidRequest, LimitExceeded
from events.vocabulary import AccountId
from tests.contract.related_rows_contract import RelatedRowsContract
from tests.contract.untold_imports_contract import UntoldImportsContract
from tests.support.given import ACCOUNT, NOON
from tests.support.inventory_records import (
    EVERY_DEVICE,
    EVERY_POLICY,
    device,
    devices_at,
    key,
    policy,
)
from workers.inventory.kinds import DEVICE_CERTIFICATES, IOT_POLICIES, LISTINGS, Examines
from workers.inventory.store import Inventory

ANOTHER_ACCOUNT = AccountId("111111111111")


class Interrupted(Exception):  # noqa: N818 - something that happens in the middle of an import
    pass


def import_devices(inventory, *devices, replace=False, account=ACCOUNT):
    with inventory.begin_import(account, replace=replace, now=NOON) as importing:
        for each in devices:
            importing.add(DEVICE_CERTIFICATES, each)
    return importing


def import_policies(inventory, *policies, replace=False):
    with inventory.begin_import(ACCOUNT, replace=replace, now=NOON) as importing:
        for each in policies:
            importing.add(IOT_POLICIES, each)
    return importing


def counts(importing):
    return vars(importing.counts)


def policies_at(inventory):
    version = inventory.current_version(ACCOUNT)
    return dict(inventory.rows(ACCOUNT, EVERY_POLICY, version, None, None))


class InventoryContract(RelatedRowsContract, UntoldImportsContract):
    """A subclass gives `inventory`, and `another`: the same inventory as another process would open it."""

    @pytest.fixture
    def inventory(self) -> Inventory:
        raise AssertionError("a subclass gives it")

    @pytest.fixture
    def another(self) -> Inventory:
        raise AssertionError("a subclass gives it")

    def test_an_account_without_imports_is_at_version_zero_and_empty(self, inventory):
        assert inventory.current_version(ACCOUNT) == 0
        assert devices_at(inventory, ACCOUNT) == {}
        assert inventory.count(ACCOUNT, EVERY_DEVICE, 0) == 0
        assert inventory.shard_bounds(ACCOUNT, EVERY_DEVICE, 0, 10) == []

    def test_an_import_is_the_next_version(self, inventory):
        importing = import_devices(inventory, device(1), device(2))
        assert importing.version == inventory.current_version(ACCOUNT) == 1
        assert devices_at(inventory, ACCOUNT) == {1: "ACTIVE", 2: "ACTIVE"}
        assert counts(importing) == {"added": 2, "changed": 0, "unchanged": 0, "removed": 0}

    def test_nothing_of_an_import_is_seen_before_its_end(self, inventory, another):
        import_devices(inventory, device(1), device(2))
        with inventory.begin_import(ACCOUNT, replace=True, now=NOON) as importing:
            importing.add(DEVICE_CERTIFICATES, device(2, "REVOKED"))
            for number in range(10, 25_000):
                importing.add(DEVICE_CERTIFICATES, device(number))
            assert another.current_version(ACCOUNT) == 1
            assert devices_at(another, ACCOUNT) == {1: "ACTIVE", 2: "ACTIVE"}
        assert another.current_version(ACCOUNT) == 2
        assert another.count(ACCOUNT, EVERY_DEVICE, 2) == 24_991

    def test_a_merge_adds_and_changes_and_keeps_the_rest(self, inventory):
        import_devices(inventory, device(1), device(2), device(3))
        importing = import_devices(inventory, device(2), device(3, "INACTIVE"), device(4))
        assert counts(importing) == {"added": 1, "changed": 1, "unchanged": 1, "removed": 0}
        assert devices_at(inventory, ACCOUNT) == {1: "ACTIVE", 2: "ACTIVE", 3: "INACTIVE", 4: "ACTIVE"}

    def test_a_replacement_removes_what_is_not_given(self, inventory):
        import_devices(inventory, device(1), device(2), device(3))
        import_policies(inventory, policy("Old", 1))
        importing = import_devices(inventory, device(2), device(3, "INACTIVE"), device(4), replace=True)
        assert counts(importing) == {"added": 1, "changed": 1, "unchanged": 1, "removed": 2}
        assert devices_at(inventory, ACCOUNT) == {2: "ACTIVE", 3: "INACTIVE", 4: "ACTIVE"}
        assert policies_at(inventory) == {}

    def test_a_replacement_of_one_kind_leaves_the_others(self, inventory):
        import_devices(inventory, device(1), device(2))
        import_policies(inventory, policy("Old", 1))
        with inventory.begin_import(
            ACCOUNT, replace=False, replaced=(DEVICE_CERTIFICATES,), now=NOON
        ) as importing:
            importing.add(DEVICE_CERTIFICATES, device(2))
        assert devices_at(inventory, ACCOUNT) == {2: "ACTIVE"}
        assert policies_at(inventory) == {"Old:1": 1}

    def test_a_kind_is_listed_while_there_is_a_resource_of_it_or_a_listing(self, inventory):
        def listed(version):
            return [inventory.is_listed(ACCOUNT, kind, version) for kind in (DEVICE_CERTIFICATES, IOT_POLICIES)]

        import_devices(inventory, device(1, "INACTIVE"))
        with inventory.begin_import(ACCOUNT, replace=True, now=NOON) as importing:
            importing.add(LISTINGS, {"listed": "IOT_POLICY"})
        import_devices(inventory, device(1), replace=True)
        assert [listed(version) for version in range(4)] == [
            [False, False],
            [True, False],
            [False, True],
            [True, False],
        ]
        assert not inventory.is_listed(ANOTHER_ACCOUNT, DEVICE_CERTIFICATES, 3)

    def test_an_older_version_stays_as_it_was(self, inventory):
        import_devices(inventory, device(1), device(2))
        import_devices(inventory, device(1, "REVOKED"), device(3))
        import_devices(inventory, device(3, "INACTIVE"), replace=True)
        assert devices_at(inventory, ACCOUNT, 1) == {1: "ACTIVE", 2: "ACTIVE"}
        assert devices_at(inventory, ACCOUNT, 2) == {1: "REVOKED", 2: "ACTIVE", 3: "ACTIVE"}
        assert devices_at(inventory, ACCOUNT, 3) == {3: "INACTIVE"}

    def test_what_was_removed_can_come_back(self, inventory):
        import_devices(inventory, device(1), device(2))
        import_devices(inventory, device(2), replace=True)
        importing = import_devices(inventory, device(1))
        assert counts(importing) == {"added": 1, "changed": 0, "unchanged": 0, "removed": 0}
        assert [devices_at(inventory, ACCOUNT, version) for version in (1, 2, 3)] == [
            {1: "ACTIVE", 2: "ACTIVE"},
            {2: "ACTIVE"},
            {1: "ACTIVE", 2: "ACTIVE"},
        ]

    def test_of_two_records_with_one_key_the_later_one_stands(self, inventory):
        importing = import_devices(inventory, device(1), device(1, "REVOKED"), device(1, "REVOKED"))
        assert counts(importing) == {"added": 1, "changed": 1, "unchanged": 1, "removed": 0}
        assert devices_at(inventory, ACCOUNT) == {1: "REVOKED"}

    def test_that_holds_however_far_apart_they_are(self, inventory):
        import_devices(inventory, device(1))
        between = [device(number) for number in range(10, 40_010)]
        importing = import_devices(inventory, device(1, "REVOKED"), *between, device(1, "INACTIVE"), replace=True)
        assert counts(importing) == {"added": 40_000, "changed": 2, "unchanged": 0, "removed": 0}
        assert devices_at(inventory, ACCOUNT)[1] == "INACTIVE"
        assert devices_at(inventory, ACCOUNT, 1) == {1: "ACTIVE"}

    def test_an_import_that_fails_leaves_nothing(self, inventory):
        import_devices(inventory, device(1), device(2))
        with (  # noqa: PT012 - the failure is in the middle
            pytest.raises(Interrupted),
            inventory.begin_import(ACCOUNT, replace=True, now=NOON) as importing,
        ):
            importing.add(DEVICE_CERTIFICATES, device(1, "REVOKED"), b"a certificate")
            for number in range(10, 25_000):
                importing.add(DEVICE_CERTIFICATES, device(number), b"a certificate")
            raise Interrupted
        assert inventory.current_version(ACCOUNT) == 1
        assert devices_at(inventory, ACCOUNT) == {1: "ACTIVE", 2: "ACTIVE"}
        assert counts(import_devices(inventory, device(1), device(3))) == {
            "added": 1,
            "changed": 0,
            "unchanged": 1,
            "removed": 0,
        }
        assert devices_at(inventory, ACCOUNT, 2) == {1: "ACTIVE", 2: "ACTIVE", 3: "ACTIVE"}

    def test_rows_of_a_version_are_the_same_while_the_next_one_is_imported(self, inventory, another):
        import_devices(inventory, *(device(number) for number in range(5_000)))
        rows = another.rows(ACCOUNT, EVERY_DEVICE, 1, None, None)
        read = [next(rows)]
        import_devices(inventory, *(device(number, "REVOKED") for number in range(0, 10_000, 2)), replace=True)
        read.extend(rows)
        assert read == [(key(number), "ACTIVE") for number in range(5_000)]

    def test_an_import_that_brings_nothing_publishes_nothing(self, inventory):
        import_devices(inventory, device(1))
        assert import_devices(inventory).version == inventory.current_version(ACCOUNT) == 1

    def test_a_replacement_that_brings_nothing_is_refused(self, inventory):
        import_devices(inventory, device(1))
        with pytest.raises(InvalidRequest, match="stays as it is"):
            import_devices(inventory, replace=True)
        assert devices_at(inventory, ACCOUNT) == {1: "ACTIVE"}

    def test_there_is_one_import_at_a_time_whoever_begins_it(self, inventory, another):
        with inventory.begin_import(ACCOUNT, replace=False, now=NOON) as importing:
            importing.add(DEVICE_CERTIFICATES, device(1))
            for second in (inventory, another):
                with pytest.raises(LimitExceeded, match="one at a time"):
                    import_devices(second, device(2))
        import_devices(another, device(2))
        assert devices_at(inventory, ACCOUNT) == {1: "ACTIVE", 2: "ACTIVE"}

    def test_accounts_do_not_see_each_other(self, inventory):
        import_devices(inventory, device(1), device(2))
        import_devices(inventory, device(2, "REVOKED"), replace=True, account=ANOTHER_ACCOUNT)
        assert (inventory.current_version(ACCOUNT), inventory.current_version(ANOTHER_ACCOUNT)) == (1, 1)
        assert devices_at(inventory, ACCOUNT) == {1: "ACTIVE", 2: "ACTIVE"}
        assert devices_at(inventory, ANOTHER_ACCOUNT) == {2: "REVOKED"}

    def test_a_policys_new_default_version_takes_the_place_of_the_old_one(self, inventory):
        import_policies(inventory, policy("Fix", 1), policy("Fix", 2, is_default=False), policy("Fixture", 1))
        importing = import_policies(inventory, policy("Fix", 3))
        assert policies_at(inventory) == {"Fix:1": 0, "Fix:2": 0, "Fix:3": 1, "Fixture:1": 1}
        assert counts(importing) == {"added": 1, "changed": 1, "unchanged": 0, "removed": 0}
        import_policies(inventory, policy("Fix", 1))
        assert policies_at(inventory) == {"Fix:1": 1, "Fix:2": 0, "Fix:3": 0, "Fixture:1": 1}

    def test_a_version_that_is_not_the_default_takes_nothing_away(self, inventory):
        import_policies(inventory, policy("Fix", 1))
        import_policies(inventory, policy("Fix", 2, is_default=False))
        assert policies_at(inventory) == {"Fix:1": 1, "Fix:2": 0}

    @pytest.mark.parametrize(("rows", "bounds"), [(1, []), (10, []), (11, [9]), (20, [9]), (21, [9, 19])])
    def test_shards_have_upper_bounds_and_the_last_has_none(self, inventory, rows, bounds):
        import_devices(inventory, *(device(number) for number in range(rows)))
        found = inventory.shard_bounds(ACCOUNT, EVERY_DEVICE, 1, 10)
        assert found == [*(key(number) for number in bounds), None]

    def test_a_scope_of_several_columns_lets_in_what_meets_them_all(self, inventory):
        import_devices(inventory, device(1), device(2, "REVOKED"), device(3, "PENDING_TRANSFER"), device(4))
        scope = Examines(
            DEVICE_CERTIFICATES,
            ("not_after",),
            only={"status": ("ACTIVE", "PENDING_TRANSFER"), "not_after": (1, 2, 3)},
        )
        assert list(inventory.rows(ACCOUNT, scope, 1, None, None)) == [(1,), (3,)]
        assert inventory.count(ACCOUNT, scope, 1) == 2

    def test_a_range_begins_above_its_lower_bound_and_ends_with_its_upper_one(self, inventory):
        import_devices(inventory, *(device(number) for number in range(6)))
        rows = inventory.rows(ACCOUNT, EVERY_DEVICE, 1, key(1), key(4))
        assert [int(row[0], 16) for row in rows] == [2, 3, 4]

    def test_the_time_of_an_import_may_stand_still(self, inventory):
        import_devices(inventory, device(1))
        with inventory.begin_import(ACCOUNT, replace=False, now=NOON - timedelta(days=1)) as importing:
            importing.add(DEVICE_CERTIFICATES, device(2))
        assert inventory.current_version(ACCOUNT) == 2
