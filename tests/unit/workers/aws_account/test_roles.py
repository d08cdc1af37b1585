"""The roles that role aliases and identity pools name are read, and no others."""

import json

import pytest

from tests.support.linked import ACCOUNT
from workers.aws_account.outcome import AccountRead
from workers.inventory.kinds import IAM_ROLES, IDENTITY_POOLS, ROLE_ALIASES

TRUST = {"Version": "2012-10-17", "Statement": []}
READS = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
MANAGED = "arn:aws:iam::aws:policy/Reads"


def arn(name):
    return f"arn:aws:iam::{ACCOUNT}:role/service-role/{name}"


def role(name):
    return {
        "RoleName": name,
        "Arn": arn(name),
        "AssumeRolePolicyDocument": TRUST,
        "RolePolicyList": [{"PolicyName": "inline", "PolicyDocument": READS}],
        "AttachedManagedPolicies": [{"PolicyName": "Reads", "PolicyArn": MANAGED, "PolicyDocument": READS}],
        "ServicesLastAccessed": [
            {"ServiceName": "S3", "ServiceNamespace": "s3", "LastAuthenticated": "2025-12-01T00:00:00Z"},
            {"ServiceName": "IoT", "ServiceNamespace": "iot"},
        ],
    }


@pytest.fixture
def account(account):
    account.role_aliases["A"] = {
        "roleAlias": "A",
        "roleAliasArn": f"arn:aws:iot:us-east-1:{ACCOUNT}:rolealias/A",
        "roleArn": arn("Camera"),
    }
    pool = "us-east-1:11111111-2222-3333-4444-555555555555"
    account.pools[pool] = {
        "IdentityPoolId": pool,
        "IdentityPoolName": "App",
        "AllowUnauthenticatedIdentities": True,
        "Roles": {"authenticated": arn("User"), "unauthenticated": arn("Guest")},
    }
    for name in ("Camera", "User", "Guest", "Nobody"):
        account.roles[name] = role(name)
    return account


def read_all(reading, **how):
    read = reading.read(ROLE_ALIASES, IAM_ROLES, IDENTITY_POOLS, **how)
    assert isinstance(read, AccountRead)
    assert not [outcome for outcome in read.outcomes.values() if outcome.failure], read
    return read


def test_only_roles_that_are_given_to_devices_are_read(reading):
    read_all(reading)
    assert reading.keys(IAM_ROLES) == [arn("Camera"), arn("Guest"), arn("User")]


def test_a_role_comes_with_its_policies_and_what_it_last_accessed(reading):
    read_all(reading)
    [camera] = [row for row in reading.rows(IAM_ROLES) if row[0] == arn("Camera")]
    [inline], [attached] = json.loads(camera[3]), json.loads(camera[4])
    assert json.loads(inline["PolicyDocument"]) == json.loads(attached["PolicyDocument"]) == READS
    assert attached["PolicyArn"] == MANAGED
    assert set(json.loads(camera[5])) == {"s3", "iot"}


def test_what_is_accessed_is_asked_of_roles_of_aliases_only(reading, server):
    read_all(reading)
    assert server.calls["iam:GenerateServiceLastAccessedDetails"] == 1


def test_the_document_of_a_policy_that_many_roles_have_is_asked_for_hardly_more_than_once(reading, server):
    read_all(reading)
    assert server.calls["iam:GetPolicyVersion"] <= 3


def test_a_pool_comes_with_its_roles(reading):
    read_all(reading)
    [pool] = reading.rows(IDENTITY_POOLS, "allows_unauthenticated", "authenticated_roles", "unauthenticated_roles")
    assert pool == (1, json.dumps([arn("User")]), json.dumps([arn("Guest")]))


def test_a_role_that_does_not_exist_and_one_of_another_account_are_not_in_the_inventory(reading, account):
    account.roles.pop("Guest")
    account.role_aliases["A"]["roleArn"] = "arn:aws:iam::111111111111:role/Other"
    read_all(reading)
    assert reading.keys(IAM_ROLES) == [arn("User")]


def test_without_the_permission_to_its_report_a_role_is_read_and_the_column_is_withheld(reading, server):
    server.refuse("GenerateServiceLastAccessedDetails", 403, "AccessDenied")
    outcome = read_all(reading).outcomes["IAM_ROLE"]
    assert "iam:GenerateServiceLastAccessedDetails" in outcome.withheld["services_last_accessed"].message
    assert reading.rows(IAM_ROLES, "services_last_accessed") == [(None,)] * 3


def test_without_the_permission_to_its_policies_no_role_is_read(reading, server):
    server.refuse("GetRolePolicy", 403, "AccessDenied")
    read = reading.read(ROLE_ALIASES, IAM_ROLES)
    assert isinstance(read, AccountRead)
    failure = read.outcomes["IAM_ROLE"].failure
    assert failure is not None
    assert "iam:GetRolePolicy" in failure.message
    assert reading.keys(ROLE_ALIASES) != []


def test_the_roles_are_read_once_for_all_checks_of_an_audit(reading, server):
    since = reading.clock.now()
    ask = reading.ask(ROLE_ALIASES, IAM_ROLES, since=since)._replace(
        of_audit=(ROLE_ALIASES, IDENTITY_POOLS, IAM_ROLES)
    )
    assert isinstance(reading.account.read(ask, lambda: True), AccountRead)
    other = ask._replace(kinds=(IDENTITY_POOLS, IAM_ROLES))
    assert isinstance(reading.account.read(other, lambda: True), AccountRead)
    assert server.calls["iam:GetRole"] == 3


def test_a_report_that_is_not_ready_is_asked_for_again(reading, server, account):
    def not_at_first(given, count):
        if count < 3:
            return {"JobStatus": "IN_PROGRESS"}
        return account.answer("GetServiceLastAccessedDetails", given)

    server.instead("GetServiceLastAccessedDetails", not_at_first)
    read_all(reading)
    assert server.calls["iam:GetServiceLastAccessedDetails"] == 3


def test_a_role_that_no_alias_names_any_more_leaves_the_inventory(reading, account):
    read_all(reading)
    account.role_aliases.clear()
    read_all(reading, since=reading.later())
    assert reading.keys(IAM_ROLES) == [arn("Guest"), arn("User")]
