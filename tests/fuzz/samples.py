"""Valid inputs of every kind, for fuzzing to begin with."""

import json
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from tests.support.certificates import (
    KeyType,
    ca_issuers,
    certificate,
    crl_distribution_points,
    der,
    pem,
    public_key,
    rsa_public_key,
)
from tests.support.described_records import DESCRIBED, POLICY, SETTINGS, WITHOUT_PEM
from tests.support.published_weak_keys import ROCA_MODULUS
from tests.support.revocation_lists import SERIAL_NUMBER, ca_certificate, revocation_list

CA = ca_certificate()

CERTIFICATES = [
    certificate("device-1"),
    CA,
    certificate(
        "device-2",
        extensions=[
            crl_distribution_points("http://crl.example.com/a.crl", "ldap://b"),
            ca_issuers("http://ca.example.com/a.cer"),
            x509.SubjectAlternativeName([x509.DNSName("device.example.com"), x509.RFC822Name("a@example.com")]),
            x509.KeyUsage(True, False, False, False, False, False, False, False, False),
        ],
    ),
    certificate("ed", key=public_key(KeyType.ED25519)),
    certificate("rsa", key=rsa_public_key(ROCA_MODULUS)),
]

DER = [der(each) for each in CERTIFICATES]

BUNDLES = [pkcs7.serialize_certificates(CERTIFICATES, encoding) for encoding in (Encoding.DER, Encoding.PEM)]

FILES = [*DER, *BUNDLES, *(pem(each).encode() for each in CERTIFICATES), pem(*CERTIFICATES).encode()]

LISTS = [
    revocation_list(range(SERIAL_NUMBER, SERIAL_NUMBER + 20)),
    revocation_list([], extensions=[(x509.CRLNumber(7), False)]),
    revocation_list(
        [1, 2**159],
        extensions=[
            (
                x509.IssuingDistributionPoint(
                    [x509.UniformResourceIdentifier("http://crl.example.com/a.crl")],
                    None,
                    False,
                    False,
                    None,
                    False,
                    False,
                ),
                True,
            )
        ],
        of_entries=[(x509.CRLReason(x509.ReasonFlags.key_compromise), False)],
    ),
]

STATEMENT: dict[str, Any] = {
    "Sid": "one",
    "Effect": "Allow",
    "Action": ["iot:Connect", "iot:Publish", "iam:*"],
    "Resource": ["arn:aws:iot:us-east-1:000000000000:client/${iot:ClientId}", "arn:aws:iot:*:*:topic/$aws/*", "*"],
    "Condition": {"Bool": {"iot:Connection.Thing.IsAttached": "true"}, "StringLike": {"a": ["b*", "c"]}},
}
POLICIES: list[Any] = [
    {"Version": "2012-10-17", "Id": "x", "Statement": [STATEMENT]},
    {"Version": "2008-10-17", "Statement": {"Effect": "Deny", "NotAction": "iot:*", "NotResource": ["a*", "b?"]}},
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "*", "Resource": "*"},
            {"Effect": "Deny", "Action": "iot:Subscribe", "Resource": "arn:aws:iot:*:*:topicfilter/a/+/#"},
        ],
    },
]

_POLICY_LIST = [{"PolicyName": "a", "PolicyArn": "arn:aws:iam::aws:policy/a", "PolicyDocument": POLICIES[0]}]
_ROLE = "arn:aws:iam::000000000000:role/Upload"

RECORDS: list[Any] = [
    {"resourceType": "DEVICE_CERTIFICATE", **DESCRIBED},
    {"resourceType": "CA_CERTIFICATE", "certificateDescription": {"status": "ACTIVE", "certificatePem": pem(CA)}},
    {
        "resourceType": "ROLE_ALIAS",
        "roleAliasArn": "arn:aws:iot:us-east-1:000000000000:rolealias/a",
        "roleArn": _ROLE,
    },
    {
        "resourceType": "IAM_ROLE",
        "RoleName": "Upload",
        "Arn": _ROLE,
        "AssumeRolePolicyDocument": POLICIES[0],
        "RolePolicyList": _POLICY_LIST,
        "AttachedManagedPolicies": _POLICY_LIST,
        "ServicesLastAccessed": [{"ServiceNamespace": "iot", "LastAuthenticated": "2025-11-03T09:00:00Z"}],
    },
    {
        "resourceType": "IDENTITY_POOL",
        "IdentityPoolId": "us-east-1:5a6b7c8d-0000-4111-8222-333344445555",
        "Roles": {"authenticated": _ROLE, "unauthenticated": _ROLE},
        "RoleMappings": {"a": {"Type": "Token", "AmbiguousRoleResolution": "Deny"}},
    },
    {"resourceType": "LISTING", "listed": "IDENTITY_POOL"},
    *(WITHOUT_PEM, POLICY, SETTINGS),
]

PRESENCE: list[Any] = [
    {
        "clientId": "gateway-001",
        "timestamp": 1767225600000,
        "eventType": event_type,
        "sessionIdentifier": "00000000-0000-0000-0000-000000000000",
        "principalIdentifier": "ab" * 32,
        "ipAddress": "192.0.2.1",
        "versionNumber": 1,
        "clientInitiatedDisconnect": False,
        "disconnectReason": "DUPLICATE_CLIENTID",
    }
    for event_type in ("connected", "disconnected")
]

CRASHERS = Path(__file__).parent / "crashers"
"""Inputs that were once too much, each in a file whose name begins with its target's."""


def crashers() -> list[tuple[str, bytes]]:
    """Each as its target and the input."""
    return [(path.name.partition(".")[0], path.read_bytes()) for path in sorted(CRASHERS.iterdir())]


def lines(records: list[Any]) -> bytes:
    """Records as NDJSON."""
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)
