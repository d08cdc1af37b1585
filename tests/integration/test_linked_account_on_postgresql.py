"""An account is read into a PostgreSQL database as into a file, and by one of several processes at a time."""

from contextlib import closing

import pytest

from events.store.postgresql_database import PostgresqlDatabase
from tests.support.aws_account_server import account_server
from tests.support.linked import Linked, devices
from workers.aws_account.access import AccountAccess
from workers.aws_account.linked_account import LinkedAccount
from workers.inventory.import_lock import ImportInProgress
from workers.inventory.kinds import DEVICE_CERTIFICATES, IOT_POLICIES
from workers.inventory.postgresql_inventory import ImportLockInDatabase, open_postgresql_inventory


@pytest.fixture
def server(monkeypatch):
    account = devices(30)
    account.page_size = 7
    account.policies = {
        "P": [{"policyVersionId": "1", "isDefaultVersion": True, "policyDocument": "{}", "createDate": 1}]
    }
    with account_server(account) as serving:
        monkeypatch.setenv("AWS_ENDPOINT_URL", serving.url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "own")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        yield serving


def test_an_account_is_read_and_read_again(server, migrated_url):
    with (
        closing(PostgresqlDatabase(migrated_url, "inventory")) as database,
        closing(open_postgresql_inventory(PostgresqlDatabase(migrated_url, "inventory"))) as inventory,
    ):
        reading = Linked(
            inventory,
            lambda clock: LinkedAccount(
                AccountAccess("us-east-1"),
                database,
                inventory,
                lambda name: ImportLockInDatabase(database.connections, f"reading-{name}"),
                clock,
            ),
        )
        for since in (None, reading.later()):
            assert reading.outcome(DEVICE_CERTIFICATES, since).resources == 30
            assert reading.outcome(IOT_POLICIES, since).resources == 1
        assert len(reading.keys(DEVICE_CERTIFICATES)) == 30
    assert server.calls["iot:DescribeCertificate"] == 30
    assert server.calls["iot:GetPolicyVersion"] == 1


def test_of_two_that_read_a_kind_one_waits(migrated_url):
    with closing(PostgresqlDatabase(migrated_url, "inventory")) as database:
        one, same, other = (ImportLockInDatabase(database.connections, name) for name in ("a", "a", "b"))
        with one.held(), other.held(), pytest.raises(ImportInProgress), same.held():
            raise AssertionError
