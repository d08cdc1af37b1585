import json

import pytest

from workers.judging.policy_documents import LONGEST_DOCUMENT
from workers.judging.role_documents import LONGEST_ROLE_DOCUMENT, RoleNotJudged, statements_of_role


def policies(*documents):
    return json.dumps([{"PolicyName": "p", "PolicyDocument": document} for document in documents])


def allowing(*actions):
    return json.dumps({"Statement": {"Effect": "Allow", "Action": actions, "Resource": "*"}})


def test_statements_of_all_policies_come_together_inline_ones_first():
    role = policies(allowing("iot:a"), allowing("iot:b")), policies(allowing("iot:c"))
    assert [statement.actions for statement in statements_of_role(role)] == [("iot:a",), ("iot:b",), ("iot:c",)]


def test_a_policy_of_aws_may_be_longer_than_others():
    document = allowing(*(f"service{number}:Describe*" for number in range(3_000)))
    assert LONGEST_DOCUMENT < len(document) < LONGEST_ROLE_DOCUMENT
    assert len(statements_of_role((policies(), policies(document)))[0].actions) == 3_000


@pytest.mark.parametrize(
    ("role", "reason"),
    [
        (None, "is not in the inventory"),
        ((None, policies()), "has policies that are not known"),
        ((policies(), None), "has policies that are not known"),
        ((policies(allowing("*"), None), policies()), "has a policy whose document is not known"),
        ((policies("{"), policies()), "has policy documents that are not valid JSON"),
        (
            (policies(allowing("a" * LONGEST_ROLE_DOCUMENT)), policies()),
            "has policy documents that are longer than",
        ),
    ],
)
def test_a_role_of_which_anything_is_missing_is_not_judged(role, reason):
    with pytest.raises(RoleNotJudged, match=reason):
        statements_of_role(role)
