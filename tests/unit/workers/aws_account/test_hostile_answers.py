"""Whatever an endpoint answers, reading ends, says what was wrong, and leaves the inventory as it was."""

import pytest

from tests.support.aws_account import Refused
from workers.inventory.kinds import DEVICE_CERTIFICATES, IAM_ROLES, IOT_POLICIES, ROLE_ALIASES

CERTIFICATE = {"certificateId": "ab" * 32, "status": "ACTIVE", "creationDate": 1}


def forever_new(_, count):
    return {"certificates": [{**CERTIFICATE, "certificateId": f"{count:064x}"}], "nextMarker": f"{count % 5}"}


def forever_empty(_, count):
    return {"certificates": [], "nextMarker": f"{count}"}


@pytest.mark.parametrize("answer", [forever_new, forever_empty])
def test_pages_that_never_end_are_not_read_for_ever(reading, server, answer):
    server.instead("ListCertificates", answer)
    assert "iot:ListCertificates can't be understood: its pages never end" in reading.failure(DEVICE_CERTIFICATES)
    assert reading.keys(DEVICE_CERTIFICATES) == []


@pytest.mark.parametrize(
    "answer",
    [
        {"certificates": "all of them"},
        {"certificates": ["one"]},
        {"certificates": [{"status": "ACTIVE"}]},
        {"certificates": [{**CERTIFICATE, "certificateId": None}]},
        {"certificates": [{**CERTIFICATE, "certificateId": ["ab"]}]},
        {"certificates": [{**CERTIFICATE, "certificateId": "a\0b"}]},
        {"certificates": [{**CERTIFICATE, "creationDate": "yesterday"}]},
        [],
    ],
)
def test_a_listing_of_another_form_fails_the_kind(reading, server, answer):
    server.instead("ListCertificates", lambda *_: answer)
    outcome = reading.outcome(DEVICE_CERTIFICATES)
    assert outcome.failure is not None or outcome.resources == 0
    assert reading.keys(DEVICE_CERTIFICATES) == []


@pytest.mark.parametrize("answer", [{}, {"certificateDescription": None}, {"certificateDescription": "it"}, []])
def test_a_description_of_another_form_fails_the_kind(reading, server, answer):
    server.instead("DescribeCertificate", lambda *_: answer)
    assert "iot:DescribeCertificate" in reading.failure(DEVICE_CERTIFICATES)


def test_a_description_of_another_certificate_is_not_taken_for_it(reading, server, account):
    other = {**next(iter(account.certificates.values())), "validity": {}}
    server.instead("DescribeCertificate", lambda *_: {"certificateDescription": other})
    outcome = reading.outcome(DEVICE_CERTIFICATES)
    assert outcome.resources == 1
    assert outcome.unread == {"certificateId is not the SHA-256 of certificatePem": 6}


@pytest.mark.parametrize("body", ["<html>", "null", '{"certificates": '])
def test_what_is_no_answer_of_awss_fails_the_kind(reading, server, body):
    server.send_instead("ListCertificates", body)
    assert (
        "iot:ListCertificates" in reading.failure(DEVICE_CERTIFICATES) or reading.keys(DEVICE_CERTIFICATES) == []
    )


def test_a_connection_that_breaks_off_fails_the_kind(reading, server):
    server.send_instead("ListCertificates", None)
    assert "could not be reached for iot:ListCertificates" in reading.failure(DEVICE_CERTIFICATES)


def test_names_that_can_not_be_asked_for_fail_the_kind(reading, server):
    server.instead("ListPolicies", lambda *_: {"policies": [{"policyName": ""}]})
    assert "iot:ListPolicyVersions" in reading.failure(IOT_POLICIES)


def test_a_policy_version_of_no_time_fails_the_kind(reading, server):
    server.instead("ListPolicies", lambda *_: {"policies": [{"policyName": "P"}]})
    server.instead("ListPolicyVersions", lambda *_: {"policyVersions": [{"versionId": "1"}]})
    assert "createDate is missing" in reading.failure(IOT_POLICIES)


def test_a_role_alias_of_anything_is_counted_as_unread(reading, server):
    server.instead("ListRoleAliases", lambda *_: {"roleAliases": ["alias"]})
    server.instead("DescribeRoleAlias", lambda *_: {"roleAliasDescription": {"roleAlias": "alias"}})
    assert sum(reading.outcome(ROLE_ALIASES).unread.values()) == 1


def test_a_role_that_is_answered_in_no_form_at_all_is_not_taken_in(reading, server, account):
    account.role_aliases["A"] = {
        "roleAlias": "A",
        "roleAliasArn": "arn:aws:iot:us-east-1:000000000000:rolealias/A",
        "roleArn": "arn:aws:iam::000000000000:role/R",
    }

    def refuse(*_):
        raise Refused(200, "Weird")

    server.instead("GetRole", refuse)
    reading.read(ROLE_ALIASES, IAM_ROLES)
    assert reading.keys(IAM_ROLES) == []
