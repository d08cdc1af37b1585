"""One resource has one text, whoever writes it."""

import pytest

from events.resource import IDENTIFYING_MEMBERS, Resource
from events.vocabulary import ResourceType

ISSUER = {
    "issuerId": "cd" * 32,
    "issuerCertificateSerialNumber": "01",
    "issuerCertificateSubject": "CN=CA",
}


@pytest.mark.parametrize(
    ("resource_type", "identifier", "canonical"),
    [
        (ResourceType.DEVICE_CERTIFICATE, {"deviceCertificateId": "ab12"}, "DEVICE_CERTIFICATE/ab12"),
        (ResourceType.CA_CERTIFICATE, {"caCertificateId": "ab12"}, "CA_CERTIFICATE/ab12"),
        (
            ResourceType.IOT_POLICY,
            {"policyVersionIdentifier": {"policyVersionId": "3", "policyName": "door"}},
            "IOT_POLICY/door/3",
        ),
        (ResourceType.COGNITO_IDENTITY_POOL, {"cognitoIdentityPoolId": "eu:1"}, "COGNITO_IDENTITY_POOL/eu:1"),
        (ResourceType.CLIENT_ID, {"clientId": "c/1"}, "CLIENT_ID/c/1"),
        (ResourceType.ACCOUNT_SETTINGS, {"account": "000000000000"}, "ACCOUNT_SETTINGS/000000000000"),
        (ResourceType.ROLE_ALIAS, {"roleAliasArn": "arn:x"}, "ROLE_ALIAS/arn:x"),
        (ResourceType.IAM_ROLE, {"iamRoleArn": "arn:y"}, "IAM_ROLE/arn:y"),
        (
            ResourceType.ISSUER_CERTIFICATE,
            {"issuerCertificateIdentifier": ISSUER},
            f"ISSUER_CERTIFICATE/{'cd' * 32}/01/CN=CA",
        ),
    ],
)
def test_the_text_of_a_resource(resource_type, identifier, canonical):
    assert Resource(resource_type, identifier).canonical == canonical


def test_every_type_of_resource_has_a_text():
    assert set(IDENTIFYING_MEMBERS) == set(ResourceType)


def test_what_does_not_identify_a_resource_does_not_matter():
    bare = Resource(ResourceType.DEVICE_CERTIFICATE, {"deviceCertificateId": "ab12"})
    with_arn = Resource(
        ResourceType.DEVICE_CERTIFICATE, {"deviceCertificateArn": "arn", "deviceCertificateId": "ab12"}
    )

    assert bare.canonical == with_arn.canonical


def test_versions_of_a_policy_begin_alike_and_differ():
    first, second = (
        Resource(
            ResourceType.IOT_POLICY, {"policyVersionIdentifier": {"policyName": "door", "policyVersionId": number}}
        ).canonical
        for number in ("1", "2")
    )

    assert first != second
    assert first.startswith("IOT_POLICY/door/")
    assert second.startswith("IOT_POLICY/door/")


def test_a_member_that_is_missing_leaves_its_place_empty():
    assert Resource(ResourceType.IOT_POLICY, {}).canonical == "IOT_POLICY//"
