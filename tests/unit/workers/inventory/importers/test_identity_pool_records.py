import orjson
import pytest

from tests.support.described_records import rejection_of, without
from tests.support.described_roles import EDITOR_ARN, GUEST_ARN, IDENTITY_POOL, ROLE_ARN
from workers.inventory.importers.records import read_record
from workers.inventory.kinds import IDENTITY_POOLS

RULE = {"Claim": "isEditor", "MatchType": "Equals", "Value": "yes", "RoleARN": EDITOR_ARN}


def mapped(*rules):
    return {"Type": "Rules", "RulesConfiguration": {"Rules": list(rules)}}


def test_an_identity_pool_becomes_a_row():
    record = read_record(IDENTITY_POOL)
    assert record.kind is IDENTITY_POOLS
    assert record.values == {
        "identity_pool_id": IDENTITY_POOL["IdentityPoolId"],
        "identity_pool_name": "App users",
        "allows_unauthenticated": 1,
        "authenticated_roles": f'["{ROLE_ARN}","{EDITOR_ARN}"]',
        "unauthenticated_roles": f'["{GUEST_ARN}"]',
        "has_roles_from_tokens": 0,
        "roles": orjson.dumps(IDENTITY_POOL["Roles"]).decode(),
        "role_mappings": orjson.dumps(IDENTITY_POOL["RoleMappings"]).decode(),
    }


def test_roles_that_are_not_told_of_are_not_known():
    values = read_record(without(IDENTITY_POOL, "Roles")).values
    assert (values["authenticated_roles"], values["unauthenticated_roles"], values["roles"]) == (None, None, None)


def test_a_pool_may_have_no_roles():
    values = read_record({**without(IDENTITY_POOL, "RoleMappings"), "Roles": {}}).values
    assert (values["authenticated_roles"], values["unauthenticated_roles"], values["roles"]) == ("[]", "[]", "{}")
    assert values["role_mappings"] is None


def test_a_role_that_several_rules_give_is_one():
    mappings = {"a": mapped(RULE, {**RULE, "RoleARN": ROLE_ARN}), "b": mapped(RULE)}
    values = read_record({**IDENTITY_POOL, "RoleMappings": mappings}).values
    assert orjson.loads(values["authenticated_roles"]) == [ROLE_ARN, EDITOR_ARN]


def test_roles_may_come_from_tokens():
    mappings = {"a": mapped(RULE), "b": {"Type": "Token"}}
    assert read_record({**IDENTITY_POOL, "RoleMappings": mappings}).values["has_roles_from_tokens"] == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"IdentityPoolId": None}, "IdentityPoolId is missing"),
        ({"IdentityPoolId": "us-east-1"}, "IdentityPoolId must be REGION:GUID"),
        ({"IdentityPoolId": "us-east-1:" + "a" * 55}, "IdentityPoolId must be REGION:GUID"),
        ({"AllowUnauthenticatedIdentities": "true"}, "AllowUnauthenticatedIdentities must be true or false"),
        ({"Roles": [ROLE_ARN]}, "Roles must be an object"),
        ({"Roles": {"authenticated": "App"}}, "Roles: authenticated must be an ARN"),
        ({"RoleMappings": {"a": []}}, "RoleMappings: each must be an object"),
        ({"RoleMappings": {"a": {}}}, "RoleMappings: Type is missing"),
        ({"RoleMappings": {"a": {"Type": "Group"}}}, "RoleMappings: Type must be one of Token, Rules"),
        ({"RoleMappings": {"a": mapped({"Claim": "isEditor"})}}, "RoleMappings: RoleARN is missing"),
    ],
)
def test_what_is_wrong_is_named(change, reason):
    assert reason in rejection_of({**IDENTITY_POOL, **change})
