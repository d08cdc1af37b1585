"""Every operation that is ever called in a linked account. They all read; `calls.py` calls no other.

docs/aws-accounts.md has the policy that allows them.
"""

from collections.abc import Mapping

OPERATIONS: Mapping[str, tuple[str, ...]] = {
    "iot": (
        "DescribeCACertificate",
        "DescribeCertificate",
        "DescribeRoleAlias",
        "GetLoggingOptions",
        "GetPolicyVersion",
        "GetV2LoggingOptions",
        "ListCACertificates",
        "ListCertificates",
        "ListPolicies",
        "ListPolicyVersions",
        "ListRoleAliases",
    ),
    "iam": (
        "GenerateServiceLastAccessedDetails",
        "GetPolicy",
        "GetPolicyVersion",
        "GetRole",
        "GetRolePolicy",
        "GetServiceLastAccessedDetails",
        "ListAttachedRolePolicies",
        "ListRolePolicies",
    ),
    "cognito-identity": (
        "DescribeIdentityPool",
        "GetIdentityPoolRoles",
        "ListIdentityPools",
    ),
}
"""By the service that has them. GenerateServiceLastAccessedDetails makes a report, and changes nothing."""


def action(service: str, operation: str) -> str:
    """What a policy calls it: `iam:GetRolePolicy`."""
    return f"{service}:{operation}"
