"""Credentials from the command line to boto3 and the aws CLI, over a network address."""

import json
import time
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from tests.support.boto3_story import enable, ended, start
from tests.support.credentialed import Credentials, made
from tests.support.fleet_audit_process import FleetAuditService, fleet_audit

ANYWHERE = {"FLEET_AUDIT_HOST": "0.0.0.0"}
LOGGING = "LOGGING_DISABLED_CHECK"
KNOWN_WITHIN = 20.0
"""Seconds, however busy the machine is. That a service looks twice a second is seen in the tests of its book."""


def refusal(client):
    with pytest.raises(ClientError) as refused:
        client.describe_account_audit_configuration()
    return refused.value.response["Error"]["Code"], refused.value.response["ResponseMetadata"]["HTTPStatusCode"]


def is_let_in(client):
    try:
        client.describe_account_audit_configuration()
    except ClientError:
        return False
    return True


def known_within(condition):
    deadline = time.monotonic() + KNOWN_WITHIN
    while not condition():
        assert time.monotonic() < deadline, "the service did not know in time"


def test_a_network_address_wants_credentials(tmp_path):
    for command in ("serve", "api"):
        refused = fleet_audit(command, "--host", "0.0.0.0", "--port", "0", home=tmp_path)
        assert refused.returncode == 1
        assert "fleet-audit credentials create" in refused.stderr
        assert "--insecure" in refused.stderr


def test_a_network_address_may_be_open_if_told_so(tmp_path):
    with FleetAuditService(tmp_path, {**ANYWHERE, "FLEET_AUDIT_INSECURE": "true"}) as service:
        assert "OPEN" in service.welcome
        assert is_let_in(service.client())
    assert "everyone who can reach" in service.errors()


def test_a_loopback_address_says_that_it_is_open_and_closes_with_the_first_credential(tmp_path):
    with FleetAuditService(tmp_path) as service:
        assert "OPEN for development" in service.welcome
        assert is_let_in(service.client())

        administrator = made(tmp_path, "--role", "administrator")

        known_within(lambda: not is_let_in(service.client()))
        assert is_let_in(administrator.client(service.url))


def test_boto3_the_aws_cli_and_our_own_commands_sign(tmp_path, fleet):
    administrator = made(tmp_path, "--role", "ADMINISTRATOR")
    reader = made(tmp_path, "--role", "reader", "--description", "the dashboard")
    with FleetAuditService(tmp_path, ANYWHERE) as service:
        assert "must be signed" in service.welcome
        imported = fleet_audit(
            "import",
            fleet.inventory,
            "--endpoint-url",
            service.url,
            home=tmp_path,
            cwd=tmp_path,
            **administrator.variables,
        )
        assert imported.returncode == 0, imported.stderr
        enable(administrator.client(service.url), LOGGING)
        task_id = start(administrator.client(service.url), LOGGING)
        assert ended(reader.client(service.url), task_id)["taskStatus"] == "COMPLETED"
        watched = fleet_audit(
            "watch", task_id, "--endpoint-url", service.url, home=tmp_path, cwd=tmp_path, **reader.variables
        )
        assert watched.returncode == 0, watched.stderr

        described = reader.aws(service.url, tmp_path, "describe-audit-task", "--task-id", task_id)
        assert json.loads(described.stdout)["taskStatus"] == "COMPLETED"
        denied = reader.aws(service.url, tmp_path, "cancel-audit-task", "--task-id", task_id)
        assert "AccessDeniedException" in denied.stderr
        assert "needs the role OPERATOR" in denied.stderr

        for key, secret in ((reader.access_key_id, administrator.secret), ("FAKAOFNOBODY", reader.secret)):
            assert refusal(Credentials(key, secret).client(service.url)) == ("UnrecognizedClientException", 403)


def test_a_credential_ends_while_the_service_runs(tmp_path):
    first = made(tmp_path, "--role", "reader")
    with FleetAuditService(tmp_path, ANYWHERE) as service:
        assert is_let_in(first.client(service.url))
        second = made(tmp_path, first.access_key_id, "--grace", "600", command="rotate")
        known_within(lambda: is_let_in(second.client(service.url)))
        assert is_let_in(first.client(service.url))

        data = ("--data-dir", tmp_path / "data")
        assert fleet_audit("credentials", "disable", first.access_key_id, *data, home=tmp_path).returncode == 0
        known_within(lambda: not is_let_in(first.client(service.url)))
        assert refusal(first.client(service.url)) == ("UnrecognizedClientException", 403)
        third = made(tmp_path, second.access_key_id, command="rotate")
        known_within(lambda: not is_let_in(second.client(service.url)))
        assert is_let_in(third.client(service.url))

        listed = fleet_audit("credentials", "list", "--output", "json", *data, home=tmp_path)
        active = {each["accessKeyId"]: each["isActive"] for each in json.loads(listed.stdout)["credentials"]}
        assert active == {first.access_key_id: False, second.access_key_id: False, third.access_key_id: True}
        again = fleet_audit("credentials", "disable", "FAKAOFNOBODY", *data, home=tmp_path)
        assert (again.returncode, again.stderr.strip()) == (1, "Error: There is no credential FAKAOFNOBODY.")


def test_no_secret_is_in_a_file_of_the_data_directory_nor_in_what_is_said(tmp_path):
    administrator = made(tmp_path, "--role", "administrator")
    with FleetAuditService(tmp_path, {**ANYWHERE, "FLEET_AUDIT_LOG_LEVEL": "debug"}) as service:
        assert is_let_in(administrator.client(service.url))
        assert not is_let_in(Credentials(administrator.access_key_id, "wrong").client(service.url))
    files = [path for path in Path(tmp_path).rglob("*") if path.is_file()]
    assert service.data_directory / "credentials.key" in files
    assert [path for path in files if administrator.secret.encode() in path.read_bytes()] == []
    assert administrator.secret not in service.welcome + service.errors()


def test_without_its_key_a_service_does_not_start_for_nobody(tmp_path):
    made(tmp_path, "--role", "administrator")
    (tmp_path / "data" / "credentials.key").unlink()

    refused = fleet_audit("serve", "--data-dir", tmp_path / "data", "--port", "0", home=tmp_path)

    assert refused.returncode == 1
    assert "FLEET_AUDIT_CREDENTIALS_KEY" in refused.stderr
