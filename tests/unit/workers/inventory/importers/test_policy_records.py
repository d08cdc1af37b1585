import orjson
import pytest

from tests.support.described_records import POLICY, rejection_of, without
from workers.inventory.importers.records import LONGEST_POLICY_DOCUMENT, read_record
from workers.inventory.kinds import IOT_POLICIES


def test_a_version_of_a_policy_becomes_a_row():
    record = read_record(POLICY)
    assert record.kind is IOT_POLICIES
    assert record.values == {
        "policy_version": "Publish:3",
        "policy_name": "Publish",
        "policy_version_id": "3",
        "is_default_version": 1,
        "document": '{"Version": "2012-10-17"}',
    }


def test_a_policy_without_its_version_is_its_default_version():
    got = without(POLICY, "policyVersionId", "isDefaultVersion") | {"defaultVersionId": "4"}
    values = read_record(got).values
    assert (values["policy_version_id"], values["is_default_version"]) == ("4", 1)


@pytest.mark.parametrize(
    ("members", "is_default"),
    [
        ({"isDefaultVersion": False}, 0),
        ({}, 1),
        ({"defaultVersionId": "3"}, 1),
        ({"defaultVersionId": "4"}, 0),
    ],
)
def test_a_version_is_the_default_unless_something_says_otherwise(members, is_default):
    record = without(POLICY, "isDefaultVersion") | members
    assert read_record(record).values["is_default_version"] == is_default


def test_a_document_may_be_an_object():
    document = {"Version": "2012-10-17", "Statement": []}
    values = read_record({**POLICY, "policyDocument": document}).values
    assert orjson.loads(values["document"]) == document


def test_whether_a_document_is_a_policy_is_for_the_checks_to_say():
    assert read_record({**POLICY, "policyDocument": "not JSON"}).values["document"] == "not JSON"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"policyName": None}, "policyName is missing"),
        ({"policyName": "a/b"}, "policyName must be 1 to 128"),
        ({"policyName": "a" * 129}, "policyName must be 1 to 128"),
        ({"policyVersionId": None}, "policyVersionId is missing, and so is defaultVersionId"),
        ({"policyVersionId": 3}, "policyVersionId must be a number in a string"),
        ({"policyVersionId": "v3"}, "policyVersionId must be a number in a string"),
        ({"isDefaultVersion": "true"}, "isDefaultVersion must be true or false"),
        ({"policyDocument": None}, "policyDocument is missing"),
        ({"policyDocument": []}, "policyDocument must be an object or a string"),
        ({"policyDocument": "\0"}, "policyDocument must be an object or a string"),
        ({"policyDocument": " " * (LONGEST_POLICY_DOCUMENT + 1)}, "policyDocument is longer than 404,600"),
    ],
)
def test_what_is_wrong_is_named(change, reason):
    assert reason in rejection_of({**POLICY, **change})
