from urllib.parse import quote

import orjson
import pytest

from tests.support.described_records import rejection_of, without
from tests.support.described_roles import ALIAS_ARN, MANAGED_ARN, NOTHING, ROLE, ROLE_ALIAS, ROLE_ARN
from workers.inventory.importers.records import read_record
from workers.inventory.importers.role_records import LONGEST_DOCUMENT
from workers.inventory.kinds import IAM_ROLES, ROLE_ALIASES


def policies_of(role, column):
    return orjson.loads(read_record(role).values[column])


def test_a_role_alias_becomes_a_row():
    record = read_record(ROLE_ALIAS)
    assert record.kind is ROLE_ALIASES
    assert record.values == {
        "role_alias_arn": ALIAS_ARN,
        "role_alias": "Upload",
        "roles": f'["{ROLE_ARN}"]',
        "credential_duration_seconds": 3600,
        "creation_date": 1767225600123,
        "last_modified_date": 1767312000000,
    }


def test_a_role_alias_may_be_described_within_the_whole_output():
    within = {"resourceType": "ROLE_ALIAS", "roleAliasDescription": without(ROLE_ALIAS, "resourceType")}
    assert read_record(within) == read_record(ROLE_ALIAS)


def test_a_role_alias_without_its_name_has_that_of_its_arn():
    assert read_record(without(ROLE_ALIAS, "roleAlias")).values["role_alias"] == "Upload"


def test_a_role_becomes_a_row():
    record = read_record(ROLE)
    assert record.kind is IAM_ROLES
    assert {name: value for name, value in record.values.items() if "policies" not in name} == {
        "role_arn": ROLE_ARN,
        "role_name": "Upload",
        "trust_policy": NOTHING,
        "services_last_accessed": '{"iot":1767225600000,"s3":null}',
    }
    assert policies_of(ROLE, "inline_policies") == [{"PolicyName": "inline", "PolicyDocument": NOTHING}]
    assert policies_of(ROLE, "attached_policies") == [
        {"PolicyName": "AWSIoTDataAccess", "PolicyDocument": NOTHING, "PolicyArn": MANAGED_ARN}
    ]


def test_what_is_not_said_of_a_role_is_not_known():
    values = read_record({"resourceType": "IAM_ROLE", "Arn": ROLE_ARN}).values
    assert values["role_name"] == "Upload"
    assert {value for name, value in values.items() if name not in ("role_arn", "role_name")} == {None}


def test_a_role_without_policies_is_not_one_whose_policies_are_unknown():
    assert policies_of({**ROLE, "RolePolicyList": []}, "inline_policies") == []


def test_a_policy_may_be_known_without_its_document():
    attached = [{"PolicyName": "AWSIoTDataAccess", "PolicyArn": MANAGED_ARN}]
    assert policies_of({**ROLE, "AttachedManagedPolicies": attached}, "attached_policies") == [
        {"PolicyName": "AWSIoTDataAccess", "PolicyDocument": None, "PolicyArn": MANAGED_ARN}
    ]


@pytest.mark.parametrize(
    "given", [NOTHING, quote(NOTHING), orjson.loads(NOTHING)], ids=["text", "encoded", "object"]
)
def test_a_document_is_text_an_object_or_text_as_a_url_has_it(given):
    [policy] = policies_of(
        {**ROLE, "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": given}]}, "inline_policies"
    )
    assert orjson.loads(policy["PolicyDocument"]) == orjson.loads(NOTHING)


@pytest.mark.parametrize(
    ("record", "change", "reason"),
    [
        (ROLE_ALIAS, {"roleAliasArn": None}, "roleAliasArn is missing"),
        (ROLE_ALIAS, {"roleAliasArn": "Upload"}, "roleAliasArn must be an ARN"),
        (ROLE_ALIAS, {"roleArn": None}, "roleArn is missing"),
        (ROLE_ALIAS, {"roleAlias": "a b"}, "roleAlias must be 1 to 128"),
        (ROLE_ALIAS, {"credentialDurationSeconds": "3600"}, "credentialDurationSeconds must be a whole number"),
        (ROLE_ALIAS, {"credentialDurationSeconds": True}, "credentialDurationSeconds must be a whole number"),
        (ROLE_ALIAS, {"creationDate": "yesterday"}, "creationDate must be a time"),
        (ROLE, {"Arn": None}, "Arn is missing"),
        (ROLE, {"Arn": "arn:aws:iam::1:role"}, "Arn must be an ARN"),
        (ROLE, {"RoleName": "a/b"}, "RoleName must be 1 to 64"),
        (ROLE, {"AssumeRolePolicyDocument": 3}, "AssumeRolePolicyDocument must be an object or a string"),
        (ROLE, {"RolePolicyList": {}}, "RolePolicyList must be a list of objects"),
        (ROLE, {"RolePolicyList": ["inline"]}, "RolePolicyList must be a list of objects"),
        (ROLE, {"RolePolicyList": [{}]}, "RolePolicyList: PolicyName is missing"),
        (
            ROLE,
            {"RolePolicyList": [{"PolicyName": "p", "PolicyDocument": "%00"}]},
            "RolePolicyList: PolicyDocument must be an object or a string",
        ),
        (
            ROLE,
            {"AttachedManagedPolicies": [{"PolicyName": "p", "PolicyDocument": " " * (LONGEST_DOCUMENT + 1)}]},
            "AttachedManagedPolicies: PolicyDocument is longer than 131,072",
        ),
        (
            ROLE,
            {"ServicesLastAccessed": [{"ServiceName": "AWS IoT"}]},
            "ServicesLastAccessed: ServiceNamespace is missing",
        ),
        (
            ROLE,
            {"ServicesLastAccessed": [{"ServiceNamespace": "iot", "LastAuthenticated": "never"}]},
            "ServicesLastAccessed: LastAuthenticated must be a time",
        ),
    ],
)
def test_what_is_wrong_is_named(record, change, reason):
    assert reason in rejection_of({**record, **change})
