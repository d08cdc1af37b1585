"""Credentials in a database, from which the API processes of several hosts know who may come in."""

import json
import time
from base64 import b64encode
from contextlib import contextmanager

import pytest
from botocore.exceptions import ClientError

from tests.support.credentialed import Credentials
from tests.support.fleet_audit_process import fleet_audit
from tests.support.role_process import RoleProcess

KNOWN_WITHIN = 20.0
"""Seconds, however busy the machine is. That an API looks twice a second is seen in the tests of its book."""
KEY = b64encode(bytes(range(32))).decode()

LET_IN = "InternalFailureException"
"""What is answered inside: no coordinator keeps the read models here."""
REFUSED = "UnrecognizedClientException"


@contextmanager
def api(home, variables):
    role = RoleProcess("api", ["api", "--host", "0.0.0.0", "--port", "0"], home, variables)
    try:
        yield role.url()
    finally:
        role.kill()


def created(home, variables):
    done = fleet_audit("credentials", "create", "--role", "reader", "--output", "json", home=home, **variables)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    return Credentials(told["accessKeyId"], told["secretAccessKey"])


def code(credentials, url):
    with pytest.raises(ClientError) as refused:
        credentials.client(url).list_scheduled_audits()
    return refused.value.response["Error"]["Code"]


def says_within(said, *asked):
    deadline = time.monotonic() + KNOWN_WITHIN
    while code(*asked) != said:
        assert time.monotonic() < deadline, "the API did not know in time"


def test_an_api_on_a_database_knows_of_each_change_within_a_second(migrated_url, tmp_path):
    variables = {"FLEET_AUDIT_DATABASE_URL": migrated_url, "FLEET_AUDIT_CREDENTIALS_KEY": KEY}
    reader = created(tmp_path, variables)
    with api(tmp_path, variables) as url:
        assert code(reader, url) == LET_IN
        another = created(tmp_path, variables)
        says_within(LET_IN, another, url)
        disabled = fleet_audit("credentials", "disable", reader.access_key_id, home=tmp_path, **variables)
        assert disabled.returncode == 0, disabled.stderr
        says_within(REFUSED, reader, url)
    assert reader.secret not in (tmp_path / "api.log").read_text()


@pytest.mark.parametrize("command", ["create", "serve"])
def test_with_a_database_the_key_must_be_given(migrated_url, tmp_path, command):
    variables = {"FLEET_AUDIT_DATABASE_URL": migrated_url}
    created(tmp_path, {**variables, "FLEET_AUDIT_CREDENTIALS_KEY": KEY})
    arguments = ("credentials", "create", "--role", "reader") if command == "create" else ("serve", "--port", "0")

    refused = fleet_audit(*arguments, home=tmp_path, **variables)

    assert refused.returncode == 1
    assert "FLEET_AUDIT_CREDENTIALS_KEY" in refused.stderr


def test_a_key_that_is_none_is_named_and_not_shown(tmp_path):
    refused = fleet_audit("serve", home=tmp_path, FLEET_AUDIT_CREDENTIALS_KEY="c2VjcmV0")

    assert refused.returncode == 1
    assert "FLEET_AUDIT_CREDENTIALS_KEY must be 32 random bytes" in refused.stderr
    assert "c2VjcmV0" not in refused.stderr
